/** Looking into a TalkTalk message that we built. */
import { behindFiller } from '../fillers.ts';
import { buttonTitles } from './buttons.ts';
import type { Button, Composite, Element, Picture, SendContent } from './schema.ts';

export function withQuickReply(content: SendContent, buttonList: readonly Button[]): SendContent {
  if (buttonList.length === 0) return content;
  const quickReply = { buttonList };
  if ('textContent' in content) return { textContent: { ...content.textContent, quickReply } };
  if ('imageContent' in content) return { imageContent: { ...content.imageContent, quickReply } };
  return { compositeContent: { ...content.compositeContent, quickReply } };
}

export function quickRepliesOf(content: SendContent): readonly Button[] {
  const body =
    'textContent' in content
      ? content.textContent
      : 'imageContent' in content
        ? content.imageContent
        : content.compositeContent;
  return body.quickReply?.buttonList ?? [];
}

/** A reply with nothing in it; TalkTalk would refuse to show it. */
export function isEmptyContent(content: SendContent): boolean {
  return 'textContent' in content && content.textContent.text === '';
}

/** The same for people. */
export function contentText(content: SendContent): string {
  if ('textContent' in content) return content.textContent.text;
  if ('imageContent' in content) return '';
  return content.compositeContent.compositeList.map(compositeText).filter(Boolean).join('\n\n');
}

/** Everything to read on a card but its buttons. */
function compositeText(composite: Composite): string {
  return [composite.title, composite.description, ...(composite.elementList?.data ?? []).map(elementText)]
    .filter(Boolean)
    .join('\n');
}

/** A card where there are no cards. @param withAddresses also where its pictures and links are */
export function compositeAsText(composite: Composite, withAddresses: boolean): string {
  const { title, description, image, elementList, buttonList = [] } = composite;
  const pictureLine = (picture: Picture | undefined) => (withAddresses ? pictureUrl(picture) : undefined);
  const rows = (elementList?.data ?? []).flatMap((element) => [
    `• ${elementText(element)}`,
    pictureLine(element.image),
    ...(element.button === undefined ? [] : buttonLines(element.button, withAddresses)),
  ]);
  const buttons = buttonList.flatMap((button) => buttonLines(button, withAddresses));
  const head = [title, behindFiller(description) ?? description];
  return [...head, pictureLine(image), ...rows, ...buttons].filter(Boolean).join('\n');
}

/** The buttons of a card and of its rows. */
export function buttonsOf(composite: Composite): readonly Button[] {
  const ofRows = (composite.elementList?.data ?? []).flatMap(({ button }) => button ?? []);
  return [...ofRows, ...(composite.buttonList ?? [])];
}

/** Only for a picture that was not uploaded. */
export function pictureUrl(picture: Picture | undefined): string | undefined {
  return picture !== undefined && 'imageUrl' in picture ? picture.imageUrl : undefined;
}

function elementText({ title, description, subDescription }: Element): string {
  return [title, description, subDescription].filter(Boolean).join('\n');
}

function buttonLines(button: Button, withAddresses: boolean): readonly string[] {
  if (button.type === 'OPTION') return button.data.buttonList.flatMap((inner) => buttonLines(inner, withAddresses));
  return button.type === 'LINK' && withAddresses ? [`${button.data.title}: ${button.data.url}`] : buttonTitles(button);
}
