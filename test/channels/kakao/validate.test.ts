import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SkillResponseRules, validateSkillResponse } from '../../../src/channels/kakao/validate.ts';

const image = 'https://shop.example/a.png';
const thumbnail = { imageUrl: image };
const button = { label: '배송 조회', action: 'message', messageText: '배송 조회' };

function response(outputs: readonly unknown[], quickReplies?: readonly unknown[]): unknown {
  return { version: '2.0', template: { outputs, ...(quickReplies === undefined ? {} : { quickReplies }) } };
}

function faultsOf(value: unknown, rules?: SkillResponseRules): readonly string[] {
  return validateSkillResponse(value, rules).faults.map((fault) => fault.path);
}

function warningsOf(value: unknown, rules?: SkillResponseRules): readonly string[] {
  return validateSkillResponse(value, rules).warnings.map((warning) => warning.path);
}

const textCard = { title: '환불 안내', description: '7일 안에 신청하세요.', buttons: [button] };
const basicCard = { title: '니트', description: '부드러운 니트', thumbnail, buttons: [button] };
const commerceCard = { title: '니트', price: 39_000, currency: 'won', thumbnails: [thumbnail], buttons: [button] };
const listCard = {
  header: { title: '자주 묻는 질문' },
  items: [{ title: '배송', action: 'message', messageText: '배송' }],
};
const itemCard = { itemList: [{ title: '상태', description: '배송 중' }], title: '주문', description: '오늘 도착' };

describe('a good skill response', () => {
  it.each([
    ['simpleText', { simpleText: { text: '안녕하세요' } }],
    ['simpleImage', { simpleImage: { imageUrl: image, altText: '매장 사진' } }],
    ['textCard', { textCard }],
    ['basicCard', { basicCard }],
    ['commerceCard', { commerceCard }],
    ['listCard', { listCard }],
    ['itemCard', { itemCard }],
    ['carousel', { carousel: { type: 'basicCard', items: [basicCard, basicCard] } }],
  ])('may hold a %s', (_name, output) => {
    expect(validateSkillResponse(response([output]))).toEqual({ faults: [], warnings: [] });
  });

  it('may promise a callback and carry data for the waiting message', () => {
    const promise = { version: '2.0', useCallback: true, data: { text: '확인하고 있어요.' } };
    expect(validateSkillResponse(promise, { callbackOffered: true })).toEqual({ faults: [], warnings: [] });
  });

  it('may have no template when the console writes the answer', () => {
    const data = { version: '2.0', data: { text: '안녕하세요' } };
    expect(faultsOf(data)).toEqual(['template']);
    expect(faultsOf(data, { usesSkillData: false })).toEqual([]);
  });
});

describe('the envelope', () => {
  it.each([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['an array', [], ''],
    ['a text', 'text', ''],
    ['no version', { template: { outputs: [{ simpleText: { text: 'a' } }] } }, 'version'],
    ['a number as version', { version: 2, template: { outputs: [{ simpleText: { text: 'a' } }] } }, 'version'],
    ['no outputs', { version: '2.0', template: {} }, 'template.outputs'],
    ['empty outputs', response([]), 'template.outputs'],
    ['four outputs', response(Array(4).fill({ simpleText: { text: 'a' } })), 'template.outputs'],
    ['two keys in one output', response([{ simpleText: { text: 'a' }, textCard }]), 'template.outputs[0]'],
    ['no key in an output', response([{}]), 'template.outputs[0]'],
    ['an invented output', response([{ markdown: { text: 'a' } }]), 'template.outputs[0].markdown'],
    ['null as output', response([null]), 'template.outputs[0]'],
    ['useCallback as text', { ...(response([{ textCard }]) as object), useCallback: 'true' }, 'useCallback'],
    ['data as text', { ...(response([{ textCard }]) as object), data: 'text' }, 'data'],
  ])('refuses %s', (_name, value, path) => {
    expect(faultsOf(value)).toContain(path);
  });

  it('refuses what is over 30 KB in bytes, not in characters, and warns just below', () => {
    const ofBytes = (bytes: number) => {
      const empty = response([{ simpleText: { text: '' } }]);
      const hangul = Math.floor((bytes - JSON.stringify(empty).length) / 3);
      const rest = bytes - JSON.stringify(empty).length - hangul * 3;
      return response([{ simpleText: { text: '가'.repeat(hangul) + 'a'.repeat(rest) } }]);
    };
    expect(Buffer.byteLength(JSON.stringify(ofBytes(30_720)))).toBe(30_720);
    expect(faultsOf(ofBytes(30_721))).toContain('');
    expect(faultsOf(ofBytes(30_720))).not.toContain('');
    expect(warningsOf(ofBytes(30_001))).toContain('');
    expect(warningsOf(ofBytes(30_000))).not.toContain('');
  });

  it('lets an advertiser send one bubble only, and a carousel only with a header', () => {
    const two = response([{ simpleText: { text: 'a' } }, { simpleText: { text: 'b' } }]);
    expect(faultsOf(two, { advertising: true })).toEqual(['template.outputs']);
    const carousel = response([{ carousel: { type: 'basicCard', items: [basicCard, basicCard] } }]);
    expect(faultsOf(carousel, { advertising: true })).toEqual(['template.outputs[0].carousel.header']);
  });
});

describe('useCallback', () => {
  const promise = { version: '2.0', useCallback: true, data: { text: '확인하고 있어요.' } };

  it('is refused where no callback was offered', () => {
    expect(faultsOf(promise, { callbackOffered: false })).toEqual(['useCallback']);
  });

  it('is refused in the body of a callback', () => {
    expect(faultsOf(promise, { place: 'callback' })).toEqual(['useCallback']);
  });

  it('hides a template beside it', () => {
    expect(faultsOf({ ...promise, template: { outputs: [{ simpleText: { text: '기다려 주세요' } }] } })).toEqual([
      'template',
    ]);
  });

  it('warns when the waiting message gets nothing to show', () => {
    expect(warningsOf({ version: '2.0', useCallback: true })).toEqual(['data']);
  });
});

describe('each output', () => {
  it.each([
    ['an empty text', { simpleText: { text: ' ' } }, 'simpleText.text'],
    ['a number as text', { simpleText: { text: 1 } }, 'simpleText.text'],
    ['half an emoji', { simpleText: { text: '😀'.slice(0, 1) } }, 'simpleText.text'],
    ['an image without URL', { simpleImage: { altText: 'a' } }, 'simpleImage.imageUrl'],
    ['a data: image', { simpleImage: { imageUrl: 'data:image/png;base64,AA' } }, 'simpleImage.imageUrl'],
    ['a relative image', { simpleImage: { imageUrl: '/a.png' } }, 'simpleImage.imageUrl'],
    ['a card without words', { textCard: { buttons: [button] } }, 'textCard'],
    ['null as title', { textCard: { ...textCard, title: null } }, 'textCard.title'],
    ['a basicCard without thumbnail', { basicCard: { title: 'a' } }, 'basicCard.thumbnail'],
    ['a thumbnail without URL', { basicCard: { ...basicCard, thumbnail: {} } }, 'basicCard.thumbnail.imageUrl'],
    ['a card without price', { commerceCard: { ...commerceCard, price: undefined } }, 'commerceCard.price'],
    ['a price as text', { commerceCard: { ...commerceCard, price: '39000' } }, 'commerceCard.price'],
    ['another currency', { commerceCard: { ...commerceCard, currency: 'usd' } }, 'commerceCard.currency'],
    [
      'two thumbnails',
      { commerceCard: { ...commerceCard, thumbnails: [thumbnail, thumbnail] } },
      'commerceCard.thumbnails',
    ],
    ['a profile without name', { commerceCard: { ...commerceCard, profile: {} } }, 'commerceCard.profile.nickname'],
    ['a list without header', { listCard: { ...listCard, header: undefined } }, 'listCard.header'],
    ['an empty list', { listCard: { ...listCard, items: [] } }, 'listCard.items'],
    ['six list items', { listCard: { ...listCard, items: Array(6).fill(listCard.items[0]) } }, 'listCard.items'],
    ['a row without title', { listCard: { ...listCard, items: [{ description: 'a' }] } }, 'listCard.items[0].title'],
    [
      'a row that runs no block',
      { listCard: { ...listCard, items: [{ title: 'a', action: 'block' }] } },
      'listCard.items[0].blockId',
    ],
    [
      'a row that says nothing',
      { listCard: { ...listCard, items: [{ title: 'a', action: 'message' }] } },
      'listCard.items[0].messageText',
    ],
    ['an itemCard without list', { itemCard: { title: 'a' } }, 'itemCard.itemList'],
    ['eleven items', { itemCard: { itemList: Array(11).fill(itemCard.itemList[0]) } }, 'itemCard.itemList'],
    ['head beside profile', { itemCard: { ...itemCard, head: { title: 'a' }, profile: { title: 'b' } } }, 'itemCard'],
    ['a description without title', { itemCard: { ...itemCard, title: undefined } }, 'itemCard.description'],
    ['a wrong alignment', { itemCard: { ...itemCard, itemListAlignment: 'center' } }, 'itemCard.itemListAlignment'],
    [
      'a broken width',
      { itemCard: { ...itemCard, thumbnail: { imageUrl: image, width: '8' } } },
      'itemCard.thumbnail.width',
    ],
    [
      'a link that is no URL',
      { basicCard: { ...basicCard, thumbnail: { imageUrl: image, link: { web: 'x' } } } },
      'basicCard.thumbnail.link.web',
    ],
    ['forwardable as text', { textCard: { ...textCard, forwardable: 'yes' } }, 'textCard.forwardable'],
  ])('refuses %s', (_name, output, path) => {
    expect(faultsOf(response([output]))).toContain(`template.outputs[0].${path}`);
  });

  it('takes a basicCard without thumbnail where the operator knows better, unless it is empty', () => {
    const rules: SkillResponseRules = { unconfirmed: { basicCardWithoutThumbnail: true } };
    expect(faultsOf(response([{ basicCard: { title: 'a' } }]), rules)).toEqual([]);
    expect(faultsOf(response([{ basicCard: { buttons: [button] } }]), rules)).toEqual([
      'template.outputs[0].basicCard',
    ]);
  });
});

describe('buttons', () => {
  const card = (buttons: readonly unknown[], more: object = {}) =>
    response([{ textCard: { title: 'a', buttons, ...more } }]);

  it.each([
    ['no label', { action: 'message', messageText: 'a' }, 'label'],
    ['no action', { label: 'a' }, 'action'],
    ['an invented action', { label: 'a', action: 'open' }, 'action'],
    ['an action in a list', { label: 'a', action: ['message'], messageText: 'a' }, 'action'],
    ['no link', { label: 'a', action: 'webLink' }, 'webLinkUrl'],
    ['a script as link', { label: 'a', action: 'webLink', webLinkUrl: 'javascript:alert(1)' }, 'webLinkUrl'],
    ['no message', { label: 'a', action: 'message' }, 'messageText'],
    ['no block', { label: 'a', action: 'block' }, 'blockId'],
    ['no number', { label: 'a', action: 'phone' }, 'phoneNumber'],
    ['a group action', { label: 'a', action: 'invite' }, 'action'],
    ['an old action', { label: 'a', action: 'osLink' }, 'action'],
  ])('refuse %s', (_name, bad, field) => {
    expect(faultsOf(card([bad]))).toEqual([`template.outputs[0].textCard.buttons[0].${field}`]);
  });

  it('count three in a column, two in a row, five in a group room', () => {
    const path = 'template.outputs[0].textCard.buttons';
    const many = (count: number) => Array(count).fill(button);
    expect(faultsOf(card(many(3)))).toEqual([]);
    expect(faultsOf(card(many(4)))).toEqual([path]);
    expect(faultsOf(card(many(2), { buttonLayout: 'horizontal' }))).toEqual([]);
    expect(faultsOf(card(many(3), { buttonLayout: 'horizontal' }))).toEqual([path]);
    expect(faultsOf(card(many(5)), { room: 'group' })).toEqual([]);
    expect(faultsOf(card(many(6)), { room: 'group' })).toEqual([path]);
  });

  it('stand side by side under a square picture unless the layout says otherwise', () => {
    const square = { title: 'a', thumbnail: { imageUrl: image, fixedRatio: true }, buttons: Array(3).fill(button) };
    expect(faultsOf(response([{ basicCard: square }]))).toEqual(['template.outputs[0].basicCard.buttons']);
    expect(faultsOf(response([{ basicCard: { ...square, buttonLayout: 'vertical' } }]))).toEqual([]);
  });

  it('warn above 14 characters, and above 8 side by side', () => {
    const labelled = (length: number) => ({ ...button, label: '가'.repeat(length) });
    const path = 'template.outputs[0].textCard.buttons[0].label';
    expect(warningsOf(card([labelled(14)]))).toEqual([]);
    expect(warningsOf(card([labelled(15)]))).toEqual([path]);
    expect(warningsOf(card([labelled(9), button], { buttonLayout: 'horizontal' }))).toEqual([path]);
    expect(warningsOf(card([labelled(9)], { buttonLayout: 'horizontal' }))).toEqual([]);
  });

  it('warn about a number that cannot be dialled, such as a starred one', () => {
    const phone = (phoneNumber: string) => card([{ label: '전화', action: 'phone', phoneNumber }]);
    expect(warningsOf(phone('02-1234-5678'))).toEqual([]);
    expect(warningsOf(phone('02-****-5678'))).toEqual(['template.outputs[0].textCard.buttons[0].phoneNumber']);
  });
});

describe('carousels', () => {
  const carousel = (type: string, items: readonly unknown[], more: object = {}) =>
    response([{ carousel: { type, items, ...more } }]);
  const path = 'template.outputs[0].carousel';
  const header = { title: '신상품', description: '이번 주', thumbnail };

  it('hold bare cards of one known type', () => {
    expect(faultsOf(carousel('simpleText', [{ text: 'a' }]))).toEqual([`${path}.type`]);
    expect(faultsOf(carousel('textCard', [{ textCard }]))).toEqual([`${path}.items[0]`]);
    expect(faultsOf(carousel('textCard', []))).toEqual([`${path}.items`]);
  });

  it.each([
    ['textCard', textCard, 10],
    ['basicCard', basicCard, 10],
    ['commerceCard', commerceCard, 10],
    ['listCard', listCard, 5],
    ['itemCard', itemCard, 10],
  ])('of %s have a limit', (type, card, max) => {
    expect(faultsOf(carousel(type, Array(max).fill(card)))).toEqual([]);
    expect(faultsOf(carousel(type, Array(max + 1).fill(card)))).toEqual([`${path}.items`]);
  });

  it('have a header over some types only, complete', () => {
    expect(faultsOf(carousel('basicCard', [basicCard], { header }))).toEqual([]);
    expect(faultsOf(carousel('basicCard', [basicCard], { header: { title: 'a' } }))).toEqual([
      `${path}.header.description`,
      `${path}.header.thumbnail`,
    ]);
    expect(faultsOf(carousel('textCard', [textCard], { header }))).toEqual([`${path}.header`]);
    expect(faultsOf(carousel('listCard', [listCard], { header }))).toEqual([`${path}.header`]);
  });

  it('have smaller cards', () => {
    const rows = { ...listCard, items: Array(5).fill(listCard.items[0]) };
    expect(faultsOf(carousel('listCard', [rows]))).toEqual([`${path}.items[0].items`]);
    const items = { itemList: Array(6).fill(itemCard.itemList[0]) };
    expect(faultsOf(carousel('itemCard', [items]))).toEqual([`${path}.items[0].itemList`]);
    expect(warningsOf(carousel('textCard', [{ description: '가'.repeat(129) }]))).toEqual([
      `${path}.items[0].description`,
    ]);
  });

  it('show cards that look alike', () => {
    const square = { ...basicCard, thumbnail: { imageUrl: image, fixedRatio: true } };
    expect(faultsOf(carousel('basicCard', [basicCard, square]))).toEqual([path]);
    expect(faultsOf(carousel('itemCard', [itemCard, { ...itemCard, head: { title: 'a' } }]))).toEqual([path]);
    const tall = { ...itemCard, thumbnail: { imageUrl: image, width: 800, height: 800 } };
    expect(faultsOf(carousel('itemCard', [tall, tall]))).toEqual([
      `${path}.items[0].thumbnail`,
      `${path}.items[1].thumbnail`,
    ]);
  });

  it('of one card are refused where an SDK is believed', () => {
    expect(faultsOf(carousel('basicCard', [basicCard]), { unconfirmed: { twoItemsAtLeast: true } })).toEqual([
      `${path}.items`,
    ]);
  });
});

describe('passing on', () => {
  const path = 'template.outputs[0]';
  const forwardable = true;

  it('is possible where nothing else can be touched', () => {
    const bare = { title: '니트', thumbnail, forwardable };
    const outputs = [{ simpleText: { text: 'a', forwardable } }, { simpleImage: { imageUrl: image, forwardable } }];
    expect(warningsOf(response([...outputs, { basicCard: bare }]))).toEqual([]);
    expect(warningsOf(response([{ listCard: { ...listCard, items: [{ title: 'a' }], forwardable } }]))).toEqual([]);
  });

  it.each([
    ['in a carousel', { carousel: { type: 'basicCard', items: [{ thumbnail, forwardable }] } }, 'carousel.items[0]'],
    ['beside buttons', { basicCard: { ...basicCard, forwardable } }, 'basicCard'],
    ['beside rows that speak', { listCard: { ...listCard, forwardable } }, 'listCard'],
    [
      'beside rows that lead somewhere',
      { listCard: { ...listCard, items: [{ title: 'a', link: { web: image } }], forwardable } },
      'listCard',
    ],
  ])('warns %s', (_name, output, at) => {
    expect(warningsOf(response([output]))).toEqual([`${path}.${at}.forwardable`]);
    expect(faultsOf(response([output]))).toEqual([]);
  });
});

describe("Kakao's own samples", () => {
  it('of an itemCard only warn: a long label, long names of rows, an empty title and description', () => {
    const sample = {
      imageTitle: { title: 'DOFQTK', description: 'Boarding Number' },
      title: '',
      description: '',
      thumbnail: { imageUrl: image, width: 800, height: 800 },
      profile: { title: 'AA Airline', imageUrl: image },
      itemList: [
        { title: 'Flight', description: 'KE0605' },
        { title: 'Boarding', description: '8:50 AM' },
        { title: 'Departs', description: '9:50 AM' },
      ],
      itemListAlignment: 'right',
      itemListSummary: { title: 'Total', description: '$4,032.54' },
      buttons: [{ label: 'View Boarding Pass', action: 'webLink', webLinkUrl: 'https://namu.wiki/w/x' }],
      buttonLayout: 'vertical',
    };
    const verdict = validateSkillResponse(response([{ itemCard: sample }]));
    expect(verdict.faults).toEqual([]);
    const at = 'template.outputs[0].itemCard';
    expect(verdict.warnings.map(({ path }) => path)).toEqual([
      `${at}.itemList[1].title`,
      `${at}.itemList[2].title`,
      `${at}.buttons[0].label`,
    ]);
  });

  it('of buttons side by side only warn: nine characters', () => {
    const labels = ['배송 조회', '아홉글자단추입니다'];
    const buttons = labels.map((label) => ({ label, action: 'message', messageText: label }));
    const sample = response([{ basicCard: { ...basicCard, buttons, buttonLayout: 'horizontal' } }]);
    expect(faultsOf(sample)).toEqual([]);
    expect(warningsOf(sample)).toEqual(['template.outputs[0].basicCard.buttons[1].label']);
  });
});

describe('quick replies', () => {
  const quickReply = { label: '배송', action: 'message', messageText: '배송' };
  const text = { simpleText: { text: 'a' } };

  it('are ten at most, each of them complete', () => {
    expect(faultsOf(response([text], Array(10).fill(quickReply)))).toEqual([]);
    expect(faultsOf(response([text], Array(11).fill(quickReply)))).toEqual(['template.quickReplies']);
    expect(faultsOf(response([text], [{ label: 'a', action: 'block' }]))).toEqual(['template.quickReplies[0].blockId']);
    expect(faultsOf(response([text], [{ label: 'a', action: 'webLink' }]))).toEqual([
      'template.quickReplies[0].action',
    ]);
    expect(faultsOf(response([text], [{ action: 'message', messageText: 'a' }]))).toEqual([
      'template.quickReplies[0].label',
    ]);
  });

  it('warn when a tap would say nothing of its own', () => {
    expect(warningsOf(response([text], [{ label: 'a', action: 'message' }]))).toEqual([
      'template.quickReplies[0].messageText',
    ]);
  });
});

describe('group rooms', () => {
  const group: SkillResponseRules = { room: 'group' };

  it('take no quick replies, carousels or commerce cards', () => {
    expect(faultsOf(response([{ commerceCard }]), group)).toEqual(['template.outputs[0].commerceCard']);
    expect(faultsOf(response([{ carousel: { type: 'textCard', items: [textCard] } }]), group)).toEqual([
      'template.outputs[0].carousel',
    ]);
    const quick = response([{ textCard }], [{ label: 'a', action: 'message', messageText: 'a' }]);
    expect(faultsOf(quick, group)).toEqual(['template.quickReplies']);
  });

  it('may be answered with silence where an event started the block', () => {
    expect(faultsOf(response([]), group)).toEqual(['template.outputs']);
    expect(faultsOf(response([]), { ...group, silenceAllowed: true })).toEqual([]);
    expect(faultsOf(response([]), { silenceAllowed: true })).toEqual(['template.outputs']);
  });

  it('know buttons and mentions of their own', () => {
    expect(
      faultsOf(response([{ textCard: { title: 'a', buttons: [{ label: 'a', action: 'invite' }] } }]), group),
    ).toEqual([]);
    const mentions = (count: number) => response([{ simpleText: { text: '{{#mentions.a}}'.repeat(count) } }]) as object;
    const extra = { mentions: { a: { type: 'botUserKey', id: 'x' } } };
    expect(validateSkillResponse({ ...mentions(15), extra }, group)).toEqual({ faults: [], warnings: [] });
    expect(faultsOf({ ...mentions(16), extra }, group)).toEqual(['template']);
    expect(warningsOf(mentions(1), group)).toEqual(['extra.mentions.a']);
  });
});

describe('context', () => {
  const withContext = (value: unknown) => ({ ...(response([{ textCard }]) as object), context: { values: [value] } });

  it('is spelled lifeSpan and holds strings', () => {
    expect(faultsOf(withContext({ name: 'a', lifeSpan: 1, params: { k: 'v' }, ttl: 60 }))).toEqual([]);
    expect(faultsOf(withContext({ name: 'a', lifespan: 1 }))).toEqual(['context.values[0].lifeSpan']);
    expect(faultsOf(withContext({ name: 'a', lifeSpan: 1, params: { k: 1 } }))).toEqual(['context.values[0].params.k']);
  });
});

describe('length and oversights', () => {
  it.each([
    ['a long text', { simpleText: { text: '가'.repeat(1_001) } }, 'simpleText.text'],
    ['a long title', { textCard: { title: '가'.repeat(51) } }, 'textCard.title'],
    ['a long description', { textCard: { description: '가'.repeat(401) } }, 'textCard.description'],
    ['a long alternative', { simpleImage: { imageUrl: image, altText: '가'.repeat(51) } }, 'simpleImage.altText'],
    ['an image on this machine', { simpleImage: { imageUrl: 'http://127.0.0.1/a.png' } }, 'simpleImage.imageUrl'],
    ['a misspelt field', { commerceCard: { ...commerceCard, dicountedPrice: 1 } }, 'commerceCard.dicountedPrice'],
    ['a lonely discount rate', { commerceCard: { ...commerceCard, discountRate: 10 } }, 'commerceCard.discountRate'],
    [
      'no price',
      { itemCard: { ...itemCard, itemListSummary: { title: '합계', description: '무료' } } },
      'itemCard.itemListSummary.description',
    ],
  ])('warns about %s without refusing it', (_name, output, path) => {
    const verdict = validateSkillResponse(response([output]));
    expect(verdict.faults).toEqual([]);
    expect(verdict.warnings.map((warning) => warning.path)).toContain(`template.outputs[0].${path}`);
  });

  it('takes no name for an address of this network', () => {
    expect(warningsOf(response([{ simpleImage: { imageUrl: 'https://10.shop.example/a.png' } }]))).toEqual([]);
    const inside = [
      'http://localhost',
      'http://10.0.0.1',
      'http://192.168.0.7:8080',
      'http://[::1]',
      'http://2130706433',
    ];
    for (const imageUrl of inside) expect(warningsOf(response([{ simpleImage: { imageUrl } }]))).toHaveLength(1);
  });

  it('warns when a title and a description together do not fit a textCard', () => {
    const card = { title: '가'.repeat(50), description: '가'.repeat(351) };
    expect(warningsOf(response([{ textCard: card }]))).toEqual(['template.outputs[0].textCard']);
  });
});

it('judges any JSON without throwing, and lets nothing pass by accident', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(validateSkillResponse(value).faults).not.toEqual([]);
      expect(validateSkillResponse(response([{ basicCard: value }])).faults).not.toEqual([]);
      expect(validateSkillResponse(response([{ carousel: value }])).faults).not.toEqual([]);
    }),
  );
});
