import { memo, type ReactNode } from 'react';
import type { AnswerSource, EpochMs } from '../../src/message.ts';
import { CopyButton } from './CopyButton.tsx';
import { BotMark } from './icons.tsx';
import { useLanguage, useWords } from './language-context.ts';
import type { OutgoingMessage } from './outbox.ts';
import { ReplyView } from './ReplyView.tsx';
import { MarkdownText, PlainText } from './RichText.tsx';
import { readableText } from './reply-text.ts';
import { formatTime } from './time-format.ts';
import type { Turn } from './transcript.ts';
import { languageOf } from './words.ts';

const SHOWN_SOURCES = 2;

function Time({ at }: { readonly at: EpochMs }) {
  const language = useLanguage();
  return (
    <time className="time" dateTime={new Date(at).toISOString()}>
      {formatTime(at, language)}
    </time>
  );
}

function CustomerMessage({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  const words = useWords();
  return (
    <div className="message from-customer">
      <span className="visually-hidden">{words.you}: </span>
      <div className="bubble" lang={languageOf(text)}>
        <PlainText text={text} />
      </div>
      <div className="meta">{children}</div>
    </div>
  );
}

export function BotMessage({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="message from-bot">
      <BotMark />
      <div className="message-body">
        <span className="visually-hidden">{name}: </span>
        {children}
      </div>
    </div>
  );
}

function SourceLine({ source }: { readonly source: AnswerSource | undefined }) {
  const words = useWords();
  const entries = source?.kind === 'system' ? [] : (source?.entries ?? []);
  if (entries.length === 0) return null;
  const named = entries.slice(0, SHOWN_SOURCES).map((entry) => entry.question);
  const more = entries.length - named.length;
  return (
    <p className="source">
      {words.source}: {named.join(', ')}
      {more > 0 && ` ${words.sourceMore(more)}`}
    </p>
  );
}

function TypingDots({ status }: { readonly status: string | undefined }) {
  const words = useWords();
  return (
    <div className="bubble typing">
      {status === undefined ? (
        <span className="visually-hidden">{words.typing}</span>
      ) : (
        <span className="status" lang={languageOf(status)}>
          {status}
        </span>
      )}
      <span className="dot" />
      <span className="dot" />
      <span className="dot" />
    </div>
  );
}

interface TurnViewProps {
  readonly turn: Turn;
  readonly botName: string;
  readonly askAgain: (question: string) => void;
}

export const TurnView = memo(function TurnView({ turn, botName, askAgain }: TurnViewProps) {
  const words = useWords();
  const { answer } = turn;
  return (
    <>
      {turn.question !== '' && (
        <CustomerMessage text={turn.question}>
          <Time at={turn.askedAt} />
        </CustomerMessage>
      )}
      <BotMessage name={botName}>
        {answer !== undefined ? (
          <>
            <ReplyView reply={answer.reply} />
            <SourceLine source={answer.source} />
            <div className="meta">
              <Time at={answer.answeredAt} />
              <CopyButton getText={() => readableText(answer.reply)} />
            </div>
          </>
        ) : (
          <>
            {turn.partial !== '' && (
              <div className="bubble arriving" lang={languageOf(turn.partial)}>
                <MarkdownText text={turn.partial} stillArriving />
              </div>
            )}
            {turn.unanswered ? (
              <p className="trouble">
                {words.unanswered}
                {turn.question !== '' && (
                  <button type="button" className="text-button" onClick={() => askAgain(turn.question)}>
                    {words.askAgain}
                  </button>
                )}
              </p>
            ) : (
              turn.partial === '' && <TypingDots status={turn.status} />
            )}
          </>
        )}
      </BotMessage>
    </>
  );
});

interface OutgoingViewProps {
  readonly message: OutgoingMessage;
  readonly mayResend: boolean;
  readonly resend: (key: string) => void;
  readonly discard: (key: string) => void;
}

export function OutgoingView({ message, mayResend, resend, discard }: OutgoingViewProps) {
  const words = useWords();
  return (
    <CustomerMessage text={message.text}>
      {message.state === 'sending' ? (
        <span className="time">{words.sending}</span>
      ) : (
        <span className="trouble">
          {message.state === 'refused' ? words.refusedMessage : words.unsent}
          {message.state === 'unsent' && (
            <button
              type="button"
              className="text-button"
              aria-disabled={!mayResend}
              onClick={() => mayResend && resend(message.key)}
            >
              {words.resend}
            </button>
          )}
          <button type="button" className="text-button" onClick={() => discard(message.key)}>
            {words.discard}
          </button>
        </span>
      )}
    </CustomerMessage>
  );
}
