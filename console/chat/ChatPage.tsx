import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { type Choice, encodeTap } from '../../src/message.ts';
import { ChatHeader } from './ChatHeader.tsx';
import { ChoiceButton, offeredChoices } from './ChoiceButton.tsx';
import { Composer } from './Composer.tsx';
import type { ChatSession, ChatState } from './chat-session.ts';
import { LanguageContext, useLanguage, useWords } from './language-context.ts';
import { splitLinks } from './links.ts';
import { type LogEntry, MessageLog } from './MessageLog.tsx';
import { initialLanguage, rememberLanguage } from './preferences.ts';
import type { BotProfile } from './protocol.ts';
import { ReplyView } from './ReplyView.tsx';
import { ResetDialog } from './ResetDialog.tsx';
import { PlainText } from './RichText.tsx';
import { type Choose, ReplyActionsContext, useReplyActions } from './reply-actions-context.ts';
import { StatusBanner } from './StatusBanner.tsx';
import { BotMessage, OutgoingView, TurnView } from './TurnView.tsx';
import { isOpen } from './transcript.ts';
import { useAnnouncements } from './use-announcements.ts';
import { useTheme } from './use-theme.ts';
import { languageOf, WORDS } from './words.ts';

/** On a phone the focus would pull up the keyboard over the answer. */
const hasKeyboard = window.matchMedia('(hover: hover) and (pointer: fine)').matches;

function Introduction({ profile }: { readonly profile: BotProfile }) {
  const words = useWords();
  const language = useLanguage();
  const { ai, sample } = profile.notices;
  const greeting = (language === 'en' ? profile.englishGreeting : undefined) ?? profile.greeting;
  return (
    <>
      <div className="notice">
        {languageOf(ai) === 'ko' && words.generalAiNotice !== '' ? (
          <p>{words.generalAiNotice}</p>
        ) : (
          <div lang={languageOf(ai)}>
            <PlainText text={ai} />
          </div>
        )}
        {profile.contact !== '' && <PlainText text={`${words.contact}: ${profile.contact}`} />}
      </div>
      {sample && <p className="notice sample">{words.sampleNotice}</p>}
      {greeting.parts.length > 0 && (
        <BotMessage name={profile.bot.name}>
          <ReplyView reply={greeting} />
        </BotMessage>
      )}
    </>
  );
}

function QuickReplies({ choices }: { readonly choices: readonly Choice[] }) {
  const words = useWords();
  const { personHref } = useReplyActions();
  const offered = offeredChoices(choices, personHref, false);
  if (offered.length === 0) return null;
  return (
    <ul className="quick-replies" aria-label={words.suggestions}>
      {offered.map((choice, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the choices of a reply never change
        <li key={index}>
          <ChoiceButton choice={choice} className="chip" />
        </li>
      ))}
    </ul>
  );
}

/** Where the contact leads: usually its phone number. */
function firstHref(contact: string): string | undefined {
  return splitLinks(contact).find((piece) => piece.type === 'link')?.href;
}

/** Offers belong to the last thing that was said; once the customer has gone on, they are gone. */
function currentOffers(state: ChatState): readonly Choice[] {
  if (!state.loaded || state.outgoing.length > 0) return [];
  const last = state.turns.at(-1);
  if (last === undefined) return state.profile?.greeting.quickReplies ?? [];
  return last.answer?.reply.quickReplies ?? [];
}

export function ChatPage({ session, draftName }: { readonly session: ChatSession; readonly draftName: string }) {
  const state = useSyncExternalStore(session.subscribe, session.getState);
  const [language, setLanguage] = useState(initialLanguage);
  const words = WORDS[language];
  const [theme, switchTheme] = useTheme();
  const [announcement, announce] = useAnnouncements(state, words);
  // Counted, not true or false: the close event of a dialog comes a moment after the dialog has gone, and must not take a new one along.
  const [askedReset, setAskedReset] = useState({ times: 0, isOpen: false });
  const askReset = useCallback(() => setAskedReset(({ times }) => ({ times: times + 1, isOpen: true })), []);
  const [resetFailed, setResetFailed] = useState(false);
  const [spokenCount, setSpokenCount] = useState(0);
  const input = useRef<HTMLTextAreaElement>(null);
  const { profile, connection, turns, outgoing } = state;
  const botName = profile?.bot.name ?? '';

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = botName || words.untitled;
  }, [language, botName, words]);

  useEffect(() => {
    if (profile !== undefined && hasKeyboard) input.current?.focus();
  }, [profile]);

  const say = useCallback(
    (text: string, tap?: string) => {
      session.send(text, tap);
      setSpokenCount((count) => count + 1);
      setResetFailed(false);
    },
    [session],
  );

  const choose = useCallback<Choose>(
    ({ label, text, action }) => {
      if (action?.kind === 'reset') {
        askReset();
        return;
      }
      if (action === undefined) say(text ?? label);
      else say(label, encodeTap(action));
      // The chip is gone now, and the focus with it.
      if (hasKeyboard) input.current?.focus();
    },
    [say, askReset],
  );

  const contact = profile?.contact ?? '';
  const actions = useMemo(() => ({ choose, announce, personHref: firstHref(contact) }), [choose, announce, contact]);

  const reset = async () => {
    const result = await session.reset();
    setResetFailed(result === 'failed');
    if (result === 'done') announce(words.resetDone);
    if (hasKeyboard) input.current?.focus();
  };

  if (connection.state === 'refused' && profile === undefined) {
    return (
      <main className="closed" role="alert">
        <h1>{words.refused}</h1>
        <p className="closed-hint">{words.refusedHint}</p>
      </main>
    );
  }

  const entries: readonly LogEntry[] = [
    ...turns.map((turn) => ({
      key: turn.turnId,
      at: turn.askedAt,
      content: <TurnView turn={turn} botName={botName} askAgain={say} />,
    })),
    ...outgoing.map((message) => ({
      key: message.key,
      at: message.writtenAt,
      content: (
        <OutgoingView
          message={message}
          mayResend={state.limitedUntil === undefined}
          resend={(key) => session.resend(key)}
          discard={(key) => {
            session.discard(key);
            input.current?.focus();
          }}
        />
      ),
    })),
  ];
  return (
    <LanguageContext value={language}>
      <ReplyActionsContext value={actions}>
        <div className="window">
          <ChatHeader
            botName={botName}
            theme={theme}
            mayReset={turns.length > 0 || outgoing.length > 0}
            switchTheme={switchTheme}
            switchLanguage={() => {
              const other = language === 'ko' ? 'en' : 'ko';
              setLanguage(other);
              rememberLanguage(other);
            }}
            askReset={askReset}
          />
          <MessageLog
            opening={
              profile === undefined ? (
                connection.state === 'connecting' && <p className="connecting">{words.connecting}</p>
              ) : (
                <Introduction profile={profile} />
              )
            }
            entries={entries}
            ending={<QuickReplies choices={turns.some(isOpen) ? [] : currentOffers(state)} />}
            spokenCount={spokenCount}
          />
          <footer className="footer">
            <StatusBanner state={state} retryNow={() => session.retryNow()} />
            {resetFailed && (
              <p className="banner" role="status">
                {words.resetFailed}
              </p>
            )}
            <Composer
              inputRef={input}
              draftName={draftName}
              maySend={profile !== undefined && state.limitedUntil === undefined}
              send={say}
            />
          </footer>
          <div className="visually-hidden" aria-live="polite" data-testid="announcements">
            <p key={announcement.count}>{announcement.text}</p>
          </div>
          {askedReset.isOpen && (
            <ResetDialog
              key={askedReset.times}
              close={() => setAskedReset((now) => (now.times === askedReset.times ? { ...now, isOpen: false } : now))}
              confirm={() => void reset()}
            />
          )}
        </div>
      </ReplyActionsContext>
    </LanguageContext>
  );
}
