import { useState } from 'react';
import type { CardImage } from '../../src/message.ts';
import { useWords } from './language-context.ts';
import { safeHref, safeImageUrl } from './links.ts';

interface PictureProps {
  readonly url: string;
  readonly altText: string | undefined;
  readonly shape?: CardImage['imageShape'];
  readonly linkUrl?: string | undefined;
}

export function Picture({ url, altText, shape, linkUrl }: PictureProps) {
  const words = useWords();
  const [failed, setFailed] = useState(false);
  const source = safeImageUrl(url);
  const href = linkUrl === undefined ? undefined : safeHref(linkUrl);
  const picture =
    source === undefined || failed ? (
      <p className="picture-missing">
        {words.imageFailed}
        {altText ? `: ${altText}` : ''}
      </p>
    ) : (
      <img
        className={shape === undefined ? 'picture' : `picture ${shape}`}
        src={source}
        alt={altText || words.image}
        referrerPolicy="no-referrer"
        decoding="async"
        onError={() => setFailed(true)}
      />
    );
  if (href === undefined) return picture;
  return (
    <a className="picture-link" href={href} target="_blank" rel="noopener noreferrer">
      {picture}
      <span className="visually-hidden"> ({words.newTab})</span>
    </a>
  );
}

/** Beside words that say the same: without a name, and gone when it does not load. */
export function Thumbnail({ url, className }: { readonly url: string; readonly className: string }) {
  const [failed, setFailed] = useState(false);
  const source = safeImageUrl(url);
  if (source === undefined || failed) return null;
  return (
    <img
      className={className}
      src={source}
      alt=""
      referrerPolicy="no-referrer"
      decoding="async"
      onError={() => setFailed(true)}
    />
  );
}
