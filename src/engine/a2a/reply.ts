import { GatewayError } from '../../errors.ts';
import type { CardPart, ImagePart, ReplyPart } from '../../message.ts';
import type { EnginePart } from '../engine.ts';
import type { AgentFile, Content } from './agent-event.ts';

/** Stored with the turn, so not without end. In characters of JSON. */
const MAX_DATA_CHARS = 20_000;
const MAX_NAME_CHARS = 60;

/** Pictures first, as people read a bubble; then the words; then what can be opened. Data is for developers.
 *  @throws GatewayError `ENGINE_FAILED` for an answer that nobody could be shown */
export function toReply(content: Content): EnginePart {
  const files = content.files.flatMap((file) => toPart(file) ?? []);
  const text = content.text.trim();
  const parts: ReplyPart[] = [
    ...files.filter((part) => part.type === 'image'),
    ...(text === '' ? [] : [{ type: 'text' as const, text, format: 'markdown' as const }]),
    ...files.filter((part) => part.type === 'card'),
  ];
  if (parts.length === 0) throw new GatewayError('ENGINE_FAILED', 'The agent answered nothing that can be shown');
  const data = JSON.stringify(content.data).length > MAX_DATA_CHARS ? [] : content.data;
  return {
    type: 'reply',
    parts,
    quickReplies: [],
    groundIds: [],
    answered: true,
    ...(data.length > 0 && { extra: { agentData: data } }),
  };
}

/** What came as bytes is nowhere to be opened: platforms want addresses. */
function toPart({ url, name = '', mediaType = '' }: AgentFile): ImagePart | CardPart | undefined {
  if (url === undefined || !/^https?:\/\/[^\s\\]+$/i.test(url) || !URL.canParse(url)) return undefined;
  const title = name.trim().slice(0, MAX_NAME_CHARS);
  if (isImage(mediaType, new URL(url))) {
    return { type: 'image', url, ...(title !== '' && { altText: title }) };
  }
  return {
    type: 'card',
    title: title === '' ? '첨부 파일' : title,
    buttons: [{ type: 'link', label: '파일 열기', url }],
  };
}

function isImage(mediaType: string, { pathname }: URL): boolean {
  return mediaType === '' ? /\.(?:png|jpe?g|gif|webp)$/i.test(pathname) : /^image\/(?!svg)/i.test(mediaType);
}
