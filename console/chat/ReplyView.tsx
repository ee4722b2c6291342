import { useState } from 'react';
import { type Choice, partText, type Reply, type ReplyPart } from '../../src/message.ts';
import { useWords } from './language-context.ts';
import { safeHref, safeImageUrl, telHref } from './links.ts';
import { MarkdownText, PlainText } from './RichText.tsx';
import { languageOf } from './words.ts';

export type Choose = (choice: Extract<Choice, { type: 'message' }>) => void;

/** One button or chip. A link that is not safe to follow is shown as the words that it is. */
export function ChoiceButton(props: { readonly choice: Choice; readonly className: string; readonly choose: Choose }) {
  const { choice, className, choose } = props;
  const words = useWords();
  if (choice.type === 'message') {
    return (
      <button type="button" className={className} onClick={() => choose(choice)}>
        {choice.label}
      </button>
    );
  }
  if (choice.type === 'phone') {
    return (
      <a className={className} href={telHref(choice.phoneNumber)}>
        {choice.label}
      </a>
    );
  }
  if (choice.type !== 'link') return null; // what only KakaoTalk can do
  const href = safeHref(choice.url);
  if (href === undefined) return <span className={className}>{choice.label}</span>;
  return (
    <a className={className} href={href} target="_blank" rel="noopener noreferrer">
      {choice.label}
      <span className="visually-hidden"> ({words.newTab})</span>
    </a>
  );
}

function Picture({ url, altText }: { readonly url: string; readonly altText: string | undefined }) {
  const words = useWords();
  const [failed, setFailed] = useState(false);
  const source = safeImageUrl(url);
  if (source === undefined || failed) {
    return (
      <p className="picture-missing">
        {words.imageFailed}
        {altText ? `: ${altText}` : ''}
      </p>
    );
  }
  return (
    <img
      className="picture"
      src={source}
      alt={altText || words.image}
      referrerPolicy="no-referrer"
      decoding="async"
      onError={() => setFailed(true)}
    />
  );
}

function PartView({ part, choose }: { readonly part: ReplyPart; readonly choose: Choose }) {
  switch (part.type) {
    case 'text':
      return (
        <div className="bubble" lang={languageOf(part.text)}>
          {part.format === 'markdown' ? <MarkdownText text={part.text} /> : <PlainText text={part.text} />}
        </div>
      );
    case 'image':
      return <Picture url={part.url} altText={part.altText} />;
    case 'card':
      return (
        <div className="card" lang={languageOf(`${part.title ?? ''}${part.description ?? ''}`)}>
          {part.imageUrl !== undefined && <Picture url={part.imageUrl} altText={part.title} />}
          {(part.title || part.description) && (
            <div className="card-text">
              {part.title && <p className="heading">{part.title}</p>}
              {part.description && <PlainText text={part.description} />}
            </div>
          )}
          {part.buttons.length > 0 && (
            <div className="card-buttons">
              {part.buttons.map((button, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the buttons of a card never change
                <ChoiceButton key={index} choice={button} className="card-button" choose={choose} />
              ))}
            </div>
          )}
        </div>
      );
    default: {
      const text = partText(part);
      return (
        <div className="bubble" lang={languageOf(text)}>
          <PlainText text={text} />
        </div>
      );
    }
  }
}

export function ReplyView({ reply, choose }: { readonly reply: Reply; readonly choose: Choose }) {
  return reply.parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a reply never change
    <PartView key={index} part={part} choose={choose} />
  ));
}
