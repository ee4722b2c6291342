import type { Choice } from '../../src/message.ts';
import { useWords } from './language-context.ts';
import { safeHref, telHref } from './links.ts';
import { useReplyActions } from './reply-actions-context.ts';
import { useShare } from './use-share.ts';

/** Picking days and paying are TalkTalk's own: a customer who cannot pick a date types it. */
type OfferedChoice = Extract<Choice, { readonly type: 'message' | 'block' | 'link' | 'phone' | 'share' | 'person' }>;

/** Without what would be a button that does nothing, and with what is in a menu beside the other choices.
 *  @param sharesSomething whether a `share` choice stands on something that can be passed on */
export function offeredChoices(
  choices: readonly Choice[],
  personHref: string | undefined,
  sharesSomething: boolean,
): readonly OfferedChoice[] {
  return choices.flatMap((choice) => {
    switch (choice.type) {
      case 'message':
      case 'block':
      case 'link':
      case 'phone':
        return [choice];
      case 'share':
        return sharesSomething ? [choice] : [];
      case 'person':
        return personHref === undefined ? [] : [choice];
      case 'menu':
        return offeredChoices(choice.choices, personHref, sharesSomething);
      default:
        return [];
    }
  });
}

interface ChoiceButtonProps {
  readonly choice: OfferedChoice;
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
      return <GoalLink className={className} href={personHref} label={choice.label} />;
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
