import { describe, expect, it } from 'vitest';
import { menuProblem } from '../../src/config/menu-setting.ts';
import { loadSettings } from '../../src/config.ts';

const item = { label: '배송 조회' };
const nested = (levels: number): object => (levels === 1 ? item : { label: '더', menu: [nested(levels - 1)] });

describe('a menu', () => {
  it.each([
    ['nothing', []],
    [
      'one item of each kind',
      [item, { ...item, text: 'a' }, { ...item, action: 'person' }, { ...item, url: 'tel:02-1234-5678' }],
    ],
    ['three levels', [nested(3)]],
    ['a label of twenty graphemes', [{ label: '👩‍👩‍👧‍👦'.repeat(20) }]],
  ])('may be %s', (_name, value) => {
    expect(menuProblem(value)).toBeUndefined();
  });

  it.each([
    ['no list', item, 'must be a JSON list'],
    ['text', '배송 조회', 'must be a JSON list'],
    ['five items', Array(5).fill(item), 'has 5 items; 4 is the limit'],
    ['four levels', [nested(4)], 'item 1.1.1: menus may be nested 3 levels deep'],
    ['an empty menu inside', [{ label: '더', menu: [] }], 'item 1: menu is empty'],
    ['an item that is none', [item, null], 'item 2 must be an object'],
    ['another field', [{ ...item, code: 'a' }], 'item 1 has a field that is none of'],
    ['no label', [{ label: ' ' }], 'item 1: label is missing'],
    ['a long label', [{ label: '가'.repeat(21) }], 'item 1: label is longer than 20'],
    ['a link that speaks', [{ ...item, text: 'a', url: 'https://a.example' }], 'item 1: text, action, url and menu'],
    ['an action that speaks', [{ ...item, text: 'a', action: 'person' }], 'item 1: text and action exclude'],
    ['an unknown action', [{ ...item, action: 'pay' }], 'item 1: action must be one of person, reset'],
    ['no text', [{ ...item, text: '' }], 'item 1: text must be'],
    ['half an address', [{ ...item, url: 'shop.example' }], 'item 1: url must begin with'],
    ['a phone address alone', [{ ...item, mobileUrl: 'https://a.example' }], 'item 1: mobileUrl needs url'],
  ])('may not be %s', (_name, value, problem) => {
    expect(menuProblem(value)).toContain(problem);
  });
});

describe('NAVER_MENU', () => {
  const menu = [{ label: '배송 조회', text: '배송은 얼마나 걸리나요?' }];
  const noFile = () => {
    throw new Error('no file');
  };

  it('is JSON in the environment, in a file of its own or in BOTS_FILE', () => {
    const key = { NAVER_AUTHORIZATION: 'key' };
    expect(loadSettings({ ...key, NAVER_MENU: JSON.stringify(menu) }, noFile).bots[0]?.naverMenu).toEqual(menu);
    const file = () => `${JSON.stringify(menu, null, 2)}\n`;
    expect(loadSettings({ ...key, NAVER_MENU_FILE: 'menu.json' }, file).bots[0]?.naverMenu).toEqual(menu);
    const bots = { bots: [{ id: 'shop', naverMenu: menu, naverAuthorization: 'key' }] };
    expect(loadSettings({ BOTS_FILE: 'bots.json' }, () => JSON.stringify(bots)).bots[0]?.naverMenu).toEqual(menu);
  });

  it('is refused with the place of what is wrong, and without a word of it', () => {
    const wrong = JSON.stringify([{ label: '배송 조회', menu: [{ label: '비밀', url: '비밀' }] }]);
    expect(() => loadSettings({ NAVER_MENU: wrong }, noFile)).toThrow(
      'NAVER_MENU: item 1.1: url must begin with https://, http:// or tel:',
    );
    expect(() => loadSettings({ NAVER_MENU: '[{' }, noFile)).toThrow('NAVER_MENU: is not valid JSON (line 1 column 3)');
  });

  it('needs the key of the account', () => {
    expect(loadSettings({ NAVER_MENU: JSON.stringify(menu) }, noFile).warnings).toContainEqual(
      expect.stringMatching(/^NAVER_MENU: .*NAVER_AUTHORIZATION/),
    );
  });
});
