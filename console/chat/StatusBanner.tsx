/** Above the composer, where the eyes are while writing: what is wrong, and how long it will take. */
import type { EpochMs } from '../../src/message.ts';
import type { ChatState } from './chat-session.ts';
import { useWords } from './language-context.ts';
import { PlainText } from './RichText.tsx';
import { useSecondsUntil } from './use-seconds-until.ts';

function AwayBanner(props: {
  readonly retryAt: EpochMs;
  readonly first: boolean;
  readonly contact: string;
  readonly retryNow: () => void;
}) {
  const words = useWords();
  const seconds = useSecondsUntil(props.retryAt);
  return (
    <div className="banner">
      <div>
        <p>
          <span role="status">{props.first ? words.awayFirst : words.away}</span>{' '}
          {/* Read out every second, it would drown everything else. */}
          <span aria-hidden="true">{seconds > 0 ? words.retryIn(seconds) : words.retrying}</span>
        </p>
        {props.contact !== '' && <PlainText text={`${words.contact}: ${props.contact}`} />}
      </div>
      <button type="button" className="banner-button" onClick={props.retryNow}>
        {words.retryNow}
      </button>
    </div>
  );
}

function LimitBanner({ until }: { readonly until: EpochMs }) {
  const words = useWords();
  const seconds = useSecondsUntil(until);
  return (
    <div className="banner">
      <p aria-hidden="true">{words.limited(seconds)}</p>
      <span role="status" className="visually-hidden">
        {words.limitedShort}
      </span>
    </div>
  );
}

export function StatusBanner({ state, retryNow }: { readonly state: ChatState; readonly retryNow: () => void }) {
  const { connection, profile, limitedUntil } = state;
  if (connection.state === 'away') {
    const contact = profile?.contact ?? '';
    return (
      <AwayBanner retryAt={connection.retryAt} first={profile === undefined} contact={contact} retryNow={retryNow} />
    );
  }
  return limitedUntil === undefined ? null : <LimitBanner until={limitedUntil} />;
}
