/** Everything that comes in a frame with buttons: a card, a list, details, a product. */
import type { ReactNode } from 'react';
import type { CardImage, CardPart, Choice, DetailsPart, ListItem, ListPart, ProductPart } from '../../src/message.ts';
import { ChoiceButton, offeredChoices } from './ChoiceButton.tsx';
import { useWords } from './language-context.ts';
import { safeHref } from './links.ts';
import { withoutOwnLinks } from './own-links.ts';
import { Picture, Thumbnail } from './Picture.tsx';
import { priceWords } from './price-words.ts';
import { PlainText } from './RichText.tsx';
import { useReplyActions } from './reply-actions-context.ts';
import { readablePart, sharedText } from './reply-text.ts';
import { languageOf } from './words.ts';

export type AnyCard = CardPart | ListPart | DetailsPart | ProductPart;

export function CardView({ card }: { readonly card: AnyCard }) {
  return (
    <div className="card" lang={languageOf(readablePart(card))}>
      <CardBody card={card} />
      <Buttons card={card} />
    </div>
  );
}

function CardBody({ card }: { readonly card: AnyCard }) {
  switch (card.type) {
    case 'card':
      return (
        <>
          <CardPicture image={card} title={card.title} />
          <CardText title={card.title} description={withoutOwnLinks(card).description} />
        </>
      );
    case 'list':
      return (
        <>
          <p className="heading card-heading">{card.title}</p>
          <ul className="card-list">
            {card.items.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a list never change
              <li key={index}>
                <Row item={item} />
              </li>
            ))}
          </ul>
        </>
      );
    case 'details':
      return <Details details={card} />;
    case 'product':
      return <Product product={card} />;
  }
}

function CardPicture({ image, title }: { readonly image: CardImage; readonly title: string | undefined }) {
  const { imageUrl, imageAltText, imageShape, imageLinkUrl } = image;
  if (imageUrl === undefined) return null;
  return <Picture url={imageUrl} altText={imageAltText ?? title} shape={imageShape} linkUrl={imageLinkUrl} />;
}

function CardText(props: {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly children?: ReactNode;
}) {
  const { title, description, children } = props;
  if (!title && !description && !children) return null;
  return (
    <div className="card-text">
      {title && <p className="heading">{title}</p>}
      {children}
      {description && <PlainText text={description} />}
    </div>
  );
}

/** The whole row is touched, as in the messengers. */
function Row({ item }: { readonly item: ListItem }) {
  const words = useWords();
  const { choose } = useReplyActions();
  const { choice } = item;
  const content = (
    <>
      <span className="row-words">
        <span className="row-title">{item.title}</span>
        {item.description && <span className="row-description">{item.description}</span>}
      </span>
      {item.imageUrl !== undefined && <Thumbnail url={item.imageUrl} className="row-picture" />}
    </>
  );
  if (choice?.type === 'message' || choice?.type === 'block') {
    return (
      <button type="button" className="row" onClick={() => choose(choice)}>
        {content}
      </button>
    );
  }
  const href = choice?.type === 'link' ? safeHref(choice.url) : undefined;
  if (href === undefined) return <div className="row">{content}</div>;
  return (
    <a className="row" href={href} target="_blank" rel="noopener noreferrer">
      {content}
      <span className="visually-hidden"> ({words.newTab})</span>
    </a>
  );
}

function Details({ details }: { readonly details: DetailsPart }) {
  const { heading, rows, rowAlignment, summary, title, description } = details;
  return (
    <>
      <CardPicture image={details} title={heading ?? title} />
      {heading && <p className="heading card-heading">{heading}</p>}
      <dl className={rowAlignment === 'right' ? 'details align-right' : 'details'}>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a card never change
          <div key={index} className="details-row">
            <dt>{row.label}</dt>
            <dd>{row.value}</dd>
          </div>
        ))}
        {summary !== undefined && (
          <div className="details-row summary">
            <dt>{summary.label}</dt>
            <dd>{summary.value}</dd>
          </div>
        )}
      </dl>
      <CardText title={title} description={description} />
    </>
  );
}

function Product({ product }: { readonly product: ProductPart }) {
  const words = useWords();
  const { imageUrl, imageLinkUrl, title, description, seller } = product;
  const { price, regularPrice, discount } = priceWords(product);
  return (
    <>
      <Picture url={imageUrl} altText={title} linkUrl={imageLinkUrl} />
      {seller !== undefined && (
        <p className="seller">
          {seller.imageUrl !== undefined && <Thumbnail url={seller.imageUrl} className="seller-picture" />}
          <span className="visually-hidden">{words.seller}: </span>
          {seller.name}
        </p>
      )}
      <CardText title={title} description={description}>
        <p className="price">
          {discount !== undefined && (
            <span className="discount">
              {discount}
              <span className="visually-hidden"> {words.discount}</span>
            </span>
          )}
          <span className="price-now">{price}</span>
          {regularPrice !== undefined && (
            <s>
              <span className="visually-hidden">{words.regularPrice} </span>
              {regularPrice}
            </s>
          )}
        </p>
      </CardText>
    </>
  );
}

/** Wider labels would be cut in half of a card. */
const MAX_LABEL_CHARS_SIDE_BY_SIDE = 8;

function Buttons({ card }: { readonly card: AnyCard }) {
  const { personHref } = useReplyActions();
  const buttons = offeredChoices(card.buttons, personHref, true);
  if (buttons.length === 0) return null;
  const getSharedText = () => sharedText(card, document.baseURI);
  return (
    <div className={liesSideBySide(card, buttons) ? 'card-buttons side-by-side' : 'card-buttons'}>
      {buttons.map((button, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the buttons of a card never change
        <ChoiceButton key={index} choice={button} className="card-button" getSharedText={getSharedText} />
      ))}
    </div>
  );
}

function liesSideBySide({ buttonLayout }: AnyCard, buttons: readonly Choice[]): boolean {
  return (
    buttonLayout === 'horizontal' &&
    buttons.length === 2 &&
    buttons.every((button) => button.label.length <= MAX_LABEL_CHARS_SIDE_BY_SIDE)
  );
}
