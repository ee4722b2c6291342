import type { Choice } from '../../src/message.ts';
import { useWords } from './language-context.ts';
import { safeHref, telHref } from './links.ts';
import { type ReplyActions, useReplyActions } from './reply-actions-context.ts';
import { useShare } from './use-share.ts';

/** Nobody to talk to, nothing to pass on: such a choice would be a button that does nothing. */
export function isOffered(choice: Choice, actions: ReplyActions, isPartOfCard: boolean): boolean {
  if (choice.type === 'person') return actions.personHref !== undefined;
  return choice.type !== 'share' || isPartOfCard;
}

interface ChoiceButtonProps {
  readonly choice: Choice;
  readonly className: string;
  /** What a `share` choice passes on. */
  readonly getSharedText?: () => string;
}

/** One button or chip. A link that is not safe to follow is shown as the words that it is. */
export function ChoiceButton({ choice, className, getSharedText }: ChoiceButtonProps) {
  const { choose, personHref } = useReplyActions();
  switch (choice.type) {
    case 'message':
    case 'block':
      return (
        <button type="button" className={className} onClick={() => choose(choice)}>
          {choice.label}
        </button>
      );
    case 'phone':
      return <GoalLink className={className} href={telHref(choice.phoneNumber)} label={choice.label} />;
    case 'link':
      return <GoalLink className={className} href={safeHref(choice.url)} label={choice.label} />;
    case 'person':
      return personHref === undefined ? null : (
        <GoalLink className={className} href={personHref} label={choice.label} />
      );
    case 'share':
      return getSharedText === undefined ? null : (
        <ShareChoice className={className} label={choice.label} getText={getSharedText} />
      );
  }
}

function GoalLink(props: { readonly className: string; readonly href: string | undefined; readonly label: string }) {
  const { className, href, label } = props;
  const words = useWords();
  if (href === undefined) return <span className={className}>{label}</span>;
  if (href.startsWith('tel:')) {
    return (
      <a className={className} href={href}>
        {label}
      </a>
    );
  }
  return (
    <a className={className} href={href} target="_blank" rel="noopener noreferrer">
      {label}
      <span className="visually-hidden"> ({words.newTab})</span>
    </a>
  );
}

function ShareChoice(props: { readonly className: string; readonly label: string; readonly getText: () => string }) {
  const words = useWords();
  const { share, isCopied } = useShare(props.getText);
  return (
    <button type="button" className={props.className} onClick={share}>
      {isCopied ? words.sharedByCopy : props.label}
    </button>
  );
}
