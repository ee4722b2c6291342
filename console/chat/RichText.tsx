/** Foreign text as React elements. Nothing here makes HTML from a string, so nothing that a model writes can run. */
import type { Token, Tokens } from 'marked';
import { Fragment, memo, type ReactNode } from 'react';
import { useWords } from './language-context.ts';
import { safeHref, splitLinks } from './links.ts';
import { decodeEntities, isLineBreakTag, readMarkdown } from './markdown.ts';

function TextLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const words = useWords();
  if (href.startsWith('tel:')) return <a href={href}>{children}</a>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span className="visually-hidden"> ({words.newTab})</span>
    </a>
  );
}

function LinkedText({ text }: { readonly text: string }) {
  return splitLinks(text).map((piece, index) =>
    piece.type === 'text' ? (
      piece.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
      <TextLink key={index} href={piece.href}>
        {piece.text}
      </TextLink>
    ),
  );
}

/** Line breaks are kept by the style sheet. */
export function PlainText({ text }: { readonly text: string }) {
  return (
    <p className="plain-text">
      <LinkedText text={text} />
    </p>
  );
}

function MarkdownLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const safe = safeHref(href);
  return safe === undefined ? children : <TextLink href={safe}>{children}</TextLink>;
}

function Inline({ token, linked }: { readonly token: Token; readonly linked: boolean }): ReactNode {
  const inside = 'tokens' in token && token.tokens !== undefined ? token.tokens : undefined;
  switch (token.type) {
    case 'strong':
      return <strong>{inlines(inside ?? [], linked)}</strong>;
    case 'em':
      return <em>{inlines(inside ?? [], linked)}</em>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <MarkdownLink href={(token as Tokens.Link).href}>{inlines(inside ?? [], true)}</MarkdownLink>;
    case 'image': {
      // A picture that the model names would be fetched from wherever it says; the operator's own come as parts.
      const { href, text } = token as Tokens.Image;
      return <MarkdownLink href={href}>{text || href}</MarkdownLink>;
    }
    case 'html':
      return isLineBreakTag(token.raw) ? <br /> : token.raw;
    default: {
      if (inside !== undefined) return inlines(inside, linked);
      const text = decodeEntities('text' in token && typeof token.text === 'string' ? token.text : token.raw);
      return linked ? text : <LinkedText text={text} />;
    }
  }
}

/** @param linked inside a link, where another one may not stand */
function inlines(tokens: readonly Token[], linked = false): ReactNode {
  return tokens.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text only grows at its end
    <Inline key={index} token={token} linked={linked} />
  ));
}

function TableBlock({ table }: { readonly table: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <div className="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
              <th key={index} scope="col">
                {inlines(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, rowIndex) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={rowIndex}>
              {row.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
                <td key={index}>{inlines(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ListBlock({ list }: { readonly list: Tokens.List }) {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items only come at the end
    <li key={index}>{blocks(item.tokens, !item.loose)}</li>
  ));
  return list.ordered ? <ol start={Number(list.start || 1)}>{items}</ol> : <ul>{items}</ul>;
}

function Block({ token, tight }: { readonly token: Token; readonly tight: boolean }): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      // The outline of the page is not the model's to write.
      return <p className="heading">{inlines((token as Tokens.Heading).tokens)}</p>;
    case 'list':
      return <ListBlock list={token as Tokens.List} />;
    case 'blockquote':
      return <blockquote>{blocks((token as Tokens.Blockquote).tokens)}</blockquote>;
    case 'code':
      return (
        <pre>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case 'hr':
      return <hr />;
    case 'table':
      return <TableBlock table={token as Tokens.Table} />;
    case 'text':
      return tight ? <Inline token={token} linked={false} /> : <p>{inlines([token])}</p>;
    default:
      return <p>{inlines('tokens' in token && token.tokens !== undefined ? token.tokens : [token])}</p>;
  }
}

function blocks(tokens: readonly Token[], tight = false): ReactNode {
  return tokens.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text only grows at its end
    <Fragment key={index}>
      <Block token={token} tight={tight} />
    </Fragment>
  ));
}

/** @param stillArriving the text is the beginning of an answer */
export const MarkdownText = memo(function MarkdownText(props: {
  readonly text: string;
  readonly stillArriving?: boolean;
}) {
  return blocks(readMarkdown(props.text, { stillArriving: props.stillArriving ?? false }));
});
