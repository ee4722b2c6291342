/** The standing menu of a chat as an operator writes it: JSON, checked as a whole, because half a menu is none. */
import type { MenuItem } from '../message.ts';

const MAX_ITEMS = 4;
const MAX_LEVELS = 3;
const MAX_LABEL_CHARS = 20;
const MAX_TEXT_CHARS = 900;
const ACTIONS = ['person', 'reset'];
const FIELDS = ['label', 'text', 'action', 'url', 'mobileUrl', 'menu'];

const graphemes = new Intl.Segmenter('ko', { granularity: 'grapheme' });

/** Why it is no menu, fit after "NAVER_MENU: "; undefined when it is one. Holds no text of the operator's. */
export function menuProblem(value: unknown): string | undefined {
  return problemOfItems(value, '', 1);
}

export function isMenu(value: unknown): value is readonly MenuItem[] {
  return menuProblem(value) === undefined;
}

function problemOfItems(value: unknown, place: string, level: number): string | undefined {
  const here = place === '' ? '' : `item ${place}: menu `;
  if (!Array.isArray(value)) return `${here}must be a JSON list of items such as [{ "label": "배송 조회" }]`;
  if (level > MAX_LEVELS) return `item ${place}: menus may be nested ${MAX_LEVELS} levels deep`;
  if (value.length > MAX_ITEMS) return `${here}has ${value.length} items; ${MAX_ITEMS} is the limit`;
  if (level > 1 && value.length === 0) return `${here}is empty`;
  for (const [index, item] of value.entries()) {
    const problem = problemOfItem(item, place === '' ? `${index + 1}` : `${place}.${index + 1}`, level);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfItem(item: unknown, place: string, level: number): string | undefined {
  const name = `item ${place}`;
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return `${name} must be an object`;
  const fields = item as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(fields).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return `${name} has a field that is none of ${FIELDS.join(', ')}`;
  const { label, text, action, url, mobileUrl, menu } = fields;
  if (typeof label !== 'string' || label.trim() === '') return `${name}: label is missing`;
  if ([...graphemes.segment(label.normalize('NFC').trim())].length > MAX_LABEL_CHARS) {
    return `${name}: label is longer than ${MAX_LABEL_CHARS} characters`;
  }
  if ([text ?? action, url, menu].filter((kind) => kind !== undefined).length > 1) {
    return `${name}: text, action, url and menu exclude each other`;
  }
  if (text !== undefined && action !== undefined) return `${name}: text and action exclude each other`;
  if (text !== undefined && (typeof text !== 'string' || text.trim() === '' || text.length > MAX_TEXT_CHARS)) {
    return `${name}: text must be text of at most ${MAX_TEXT_CHARS} characters`;
  }
  if (action !== undefined && !ACTIONS.includes(String(action))) {
    return `${name}: action must be one of ${ACTIONS.join(', ')}`;
  }
  if (mobileUrl !== undefined && url === undefined) return `${name}: mobileUrl needs url beside it`;
  for (const [field, address] of Object.entries({ url, mobileUrl })) {
    if (address !== undefined && !isAddress(address))
      return `${name}: ${field} must begin with https://, http:// or tel:`;
  }
  return menu === undefined ? undefined : problemOfItems(menu, place, level + 1);
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && /^(?:https?:\/\/|tel:)[^\s]+$/i.test(value) && URL.canParse(value);
}
