import type { Reply, ReplyPart } from '../../src/message.ts';
import { CardView } from './CardView.tsx';
import { CarouselView } from './CarouselView.tsx';
import { CheckIcon, ShareIcon } from './icons.tsx';
import { useWords } from './language-context.ts';
import { Picture } from './Picture.tsx';
import { MarkdownText, PlainText } from './RichText.tsx';
import { sharedText } from './reply-text.ts';
import { useShare } from './use-share.ts';
import { languageOf } from './words.ts';

function PartContent({ part }: { readonly part: ReplyPart }) {
  switch (part.type) {
    case 'text':
      return (
        <div className="bubble" lang={languageOf(part.text)}>
          {part.format === 'markdown' ? <MarkdownText text={part.text} /> : <PlainText text={part.text} />}
        </div>
      );
    case 'image':
      return <Picture url={part.url} altText={part.altText} />;
    case 'carousel':
      return <CarouselView carousel={part} />;
    case 'card':
    case 'list':
    case 'details':
    case 'product':
      return <CardView card={part} />;
  }
}

function ShareIconButton({ getText }: { readonly getText: () => string }) {
  const words = useWords();
  const { share, isCopied } = useShare(getText);
  return (
    <button
      type="button"
      className="icon-button share-button"
      aria-label={words.share}
      title={isCopied ? words.sharedByCopy : words.share}
      onClick={share}
    >
      {isCopied ? <CheckIcon /> : <ShareIcon />}
    </button>
  );
}

function PartView({ part }: { readonly part: ReplyPart }) {
  if (!('forwardable' in part) || part.forwardable !== true) return <PartContent part={part} />;
  return (
    <div className="forwardable">
      <PartContent part={part} />
      <ShareIconButton getText={() => sharedText(part, document.baseURI)} />
    </div>
  );
}

export function ReplyView({ reply }: { readonly reply: Reply }) {
  return reply.parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a reply never change
    <PartView key={index} part={part} />
  ));
}
