import { describe, expect, it } from 'vitest';
import { renderReply } from '../../../src/channels/naver/render.ts';
import type { Choice, Reply, ReplyMode, ReplyPart } from '../../../src/message.ts';

const URL = 'https://shop.example/returns?a=1&b=(2)';
const link: Choice = { type: 'link', label: '반품 신청하기', url: URL };
const button = { type: 'LINK', data: { title: '반품 신청하기', url: URL, mobileUrl: URL } };
const text = (value: string): ReplyPart => ({ type: 'text', text: value, format: 'plain' });
const card = (description?: string): ReplyPart => ({
  type: 'card',
  ...(description === undefined ? {} : { description }),
  buttons: [link],
});
const conversation = { botId: 'default', channel: 'naver', user: 'u' } as const;
const render = (parts: readonly ReplyPart[], rest: Partial<Reply> = {}, mode: ReplyMode = 'push') =>
  renderReply({ parts, quickReplies: [], ...rest }, { turnId: 't', conversation, mode, maxBubbles: 1 }).map(
    ({ wire }) => wire,
  );
const said = (...parts: readonly ReplyPart[]) => JSON.stringify(render(parts));
const cardWith = (description: string) => [
  { event: 'send', compositeContent: { compositeList: [{ description, buttonList: [button] }] } },
];

describe('a link that is on a button', () => {
  it('makes one message with the words above it, as the knowledge answers', () => {
    const parts = [text('마이페이지에서 신청해 주세요.'), card(`반품 신청하기: ${URL}`)];
    expect(render(parts)).toEqual(cardWith('마이페이지에서 신청해 주세요.'));
    expect(render(parts, {}, 'inline')).toEqual(cardWith('마이페이지에서 신청해 주세요.'));
  });

  it('stands below a text whose number has to be a message to be linked, and only there', () => {
    expect(render([text('고객센터 1600-0000으로 연락해 주세요.'), card(`반품 신청하기: ${URL}`)])).toEqual([
      { event: 'send', textContent: { text: '고객센터 1600-0000으로 연락해 주세요.' } },
      ...cardWith('아래 버튼을 눌러 확인해 주세요.'),
    ]);
  });

  it.each([
    ['behind a sentence', `신청해 주세요. ${URL}`, '신청해 주세요.'],
    ['behind a colon', `여기서 신청해 주세요: ${URL}`, '여기서 신청해 주세요'],
    ['in brackets', `반품 신청(${URL})에서 하세요.`, '반품 신청에서 하세요.'],
    ['on a line of its own', `신청해 주세요.\n${URL}\n3일 걸려요.`, '신청해 주세요.\n3일 걸려요.'],
    ['in a list', `신청하세요.\n- 반품 신청하기: ${URL}`, '신청하세요.'],
  ])('is taken out of the words: %s', (_where, words, left) => {
    expect(render([text(words), card()])).toEqual(cardWith(left));
  });

  it('out of what a model writes as a Markdown link, too', () => {
    const parts: ReplyPart[] = [{ type: 'text', text: `[반품 신청](${URL})에서 **직접** 하세요.`, format: 'markdown' }];
    expect(render(parts, { quickReplies: [link] })).toEqual([
      { event: 'send', textContent: { text: '반품 신청에서 직접 하세요.', quickReply: { buttonList: [button] } } },
    ]);
  });

  it('has no button where the words cannot do without it: there it can be touched', () => {
    const words = `${URL} 에서 신청해 주세요.`;
    expect(render([text(words), card(`반품 신청하기: ${URL}`)], { quickReplies: [link] })).toEqual([
      { event: 'send', textContent: { text: words } },
    ]);
  });

  it('keeps the button in a webhook response, where words may end up on a card', () => {
    expect(JSON.stringify(render([text(`${URL} 에서 신청해 주세요.`), card()], {}, 'inline'))).toContain('"LINK"');
  });

  it('is not taken for the beginning of a longer address', () => {
    const words = `신청: ${URL}/more\n확인: ${URL}.html`;
    expect(said(text(words), card())).toContain(JSON.stringify(words).slice(1, -1));
  });

  it.each([
    ['its address opens nothing', { label: '반품 신청하기', url: 'ftp://shop.example/returns' }],
    ['its label is blank', { label: ' \u0007', url: URL }],
  ])('stays in the words where it has no button, because %s', (_why, { label, url }) => {
    const words = `신청해 주세요.\n${url}`;
    const parts: ReplyPart[] = [text(words), { type: 'card', title: '반품', buttons: [{ type: 'link', label, url }] }];
    expect(said(...parts)).toContain(JSON.stringify(words).slice(1, -1));
  });

  it('leaves a text that was nothing else with the words of the card alone', () => {
    expect(render([text(URL), card()])).toEqual(cardWith('아래 버튼을 눌러 확인해 주세요.'));
  });

  it('leaves every other word where it was', () => {
    const parts = [text('3,000원입니다.\n\n더 궁금하신 점이 있나요?'), card('사진과 다르면\n무료예요.')];
    expect(said(...parts)).toContain('3,000원입니다.\\n\\n더 궁금하신 점이 있나요?');
    expect(said(...parts)).toContain('사진과 다르면\\n무료예요.');
  });
});
