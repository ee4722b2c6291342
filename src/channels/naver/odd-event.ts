/** What is odd about an event that is taken nevertheless: TalkTalk must get its 200 for anything, so only the log can say it. */
import { isJsonObject, type JsonObject, objectOrEmpty } from '../json-body.ts';
import { oddText } from '../oddities.ts';

export function oddEvent(body: JsonObject): readonly string[] {
  const { event, textContent } = body;
  if (event === undefined) return ['The field "event" is missing'];
  if (typeof event !== 'string') return ['The field "event" is not text'];
  if (event.trim() === '') return ['The field "event" is empty'];
  if (event.trim() !== 'send') return [];
  if (textContent !== undefined && textContent !== null && !isJsonObject(textContent)) {
    return ['The field "textContent" is not an object; it was passed over'];
  }
  const { text } = objectOrEmpty(textContent);
  if (text !== undefined && text !== null) return oddText(text, 'textContent.text');
  return hasContent(body) ? [] : ['A message came without content: the field "textContent" is missing'];
}

/** Photos, files and what may yet be invented have a field of their own, `imageContent` and the like; a tap may be its code alone. */
function hasContent(body: JsonObject): boolean {
  const contents = Object.entries(body).filter(([name]) => name.endsWith('Content'));
  return contents.some(([, content]) => Object.keys(objectOrEmpty(content)).length > 0);
}
