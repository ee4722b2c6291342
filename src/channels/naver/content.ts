/** Looking into a TalkTalk message that we built. */
import type { Button, Composite, SendContent } from './schema.ts';

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

export function compositeText(composite: Composite): string {
  return [composite.title, composite.description].filter(Boolean).join('\n');
}
