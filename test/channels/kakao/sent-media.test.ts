import { describe, expect, it } from 'vitest';
import { secureImageParam } from '../../../simulator/kakao/payload.ts';
import type { JsonObject } from '../../../src/channels/json-body.ts';
import { findSentMedia } from '../../../src/channels/kakao/sent-media.ts';

const PHOTO = 'https://talk.kakaocdn.net/dn/a/i_1.jpg?credential=x&expires=1&signature=y%3D';
const OTHER_PHOTO = 'https://talk.kakaocdn.net/dn/b/i_2.jpg?signature=z';
const VIDEO = 'https://talk.kakaocdn.net/dn/c/v.mp4?signature=z';

function sent(text: string, rest: { media?: unknown; trigger?: string; action?: JsonObject } = {}) {
  const userRequest = { utterance: text, params: rest.media === undefined ? {} : { media: rest.media } };
  return findSentMedia(
    { userRequest, flow: { trigger: { type: rest.trigger } }, action: rest.action },
    userRequest,
    text,
  );
}

describe('photos straight into the chat', () => {
  it.each([
    ['one', PHOTO, { type: 'image', url: PHOTO }, { input: 'image', images: [PHOTO], text: '' }],
    [
      'several',
      `${PHOTO}\n${OTHER_PHOTO}`,
      [
        { type: 'image', url: PHOTO },
        { type: 'image', url: OTHER_PHOTO },
        { type: 'image', url: PHOTO },
      ],
      { input: 'image', images: [PHOTO, OTHER_PHOTO], text: '' },
    ],
    [
      'with words',
      `이거 환불돼요? ${PHOTO}`,
      { type: 'image', url: PHOTO },
      { images: [PHOTO], text: '이거 환불돼요?' },
    ],
    [
      'on a host of another name, repeated in the utterance',
      'https://media.example/a.jpg?sig=1',
      { type: 'image', url: 'https://media.example/a.jpg?sig=1' },
      { input: 'image', images: ['https://media.example/a.jpg?sig=1'], text: '' },
    ],
    ['a video', VIDEO, { type: 'video', url: VIDEO }, { input: 'video', text: '' }],
    ['a kind of its own', PHOTO, { type: 'file', url: PHOTO }, { input: 'other' }],
    [
      'photos and a video: the photos count',
      '',
      [
        { type: 'video', url: VIDEO },
        { type: 'image', url: PHOTO },
      ],
      { input: 'image', images: [PHOTO] },
    ],
    ['without an address', '', { type: 'image', url: 'file:///a.jpg' }, { input: 'image', images: [] }],
    ['without type', '', { url: PHOTO }, { input: 'image', images: [PHOTO] }],
    ['without anything', '', [null, 7], { input: 'image', images: [] }],
  ])('%s', (_name, text, media, expected) => {
    expect(sent(text, { media })).toMatchObject(expected);
  });

  it('without `media` the utterance is nothing but addresses', () => {
    expect(sent(PHOTO)).toEqual({ input: 'image', images: [PHOTO], text: '' });
    expect(sent(`${PHOTO} ${OTHER_PHOTO}`)).toMatchObject({ images: [PHOTO, OTHER_PHOTO] });
    expect(sent(`List(${PHOTO}, ${VIDEO})`)).toEqual({ input: 'image', images: [PHOTO], text: '' });
    expect(sent(VIDEO)).toEqual({ input: 'video', text: '' });
    expect(sent('kakaocdn.net 주소는 뭐예요?')).toBeUndefined();
  });

  it.each([
    ['in a sentence', `이거 ${PHOTO} 환불돼요?`, '이거 환불돼요?'],
    ['right behind a word', `사진은${PHOTO}이에요`, '사진은이에요'],
    ['in brackets', `불량이에요 (${PHOTO}).`, '불량이에요 ().'],
    ['without a scheme', `${PHOTO.slice(8)} 이거 뭐예요?`, '이거 뭐예요?'],
    ['with half a scheme', `이거 ${PHOTO.slice(6)}`, '이거'],
    ['in capitals', `이거 ${PHOTO.replace('https://talk', 'HTTPS://TALK')}`, '이거'],
    ['inside another address', `https://shop.example/?u=${PHOTO}`, 'https://shop.example/?u='],
    [
      'beside a link that was typed',
      `https://shop.example/1 ${PHOTO} 같은 거예요?`,
      'https://shop.example/1 같은 거예요?',
    ],
  ])('an address %s is a photo, and not among the words', (_, text, words) => {
    expect(sent(text)).toEqual({ input: 'image', images: [expect.stringMatching(/^https:\/\/talk/i)], text: words });
  });

  it('parameters of a block may hold it, whatever the utterance is', () => {
    const action = { params: { photo: PHOTO }, detailParams: { photo: { origin: OTHER_PHOTO, value: PHOTO } } };
    expect(sent('이거예요', { action })).toEqual({ input: 'image', images: [PHOTO, OTHER_PHOTO], text: '이거예요' });
    expect(sent('이거예요', { action: { params: { link: 'https://shop.example/1' } } })).toBeUndefined();
  });

  it('`media` takes its address out of the words without its scheme, too', () => {
    const url = 'https://media.example/a.jpg?sig=1';
    expect(sent('이거 media.example/a.jpg?sig=1', { media: { type: 'image', url } })?.text).toBe('이거');
  });

  it('an upload is an upload whatever its address looks like', () => {
    expect(sent('https://new-host.example/a.jpg', { trigger: 'IMAGE_UPLOAD' })).toEqual({
      input: 'image',
      images: [],
      text: '',
    });
    expect(sent(VIDEO, { trigger: 'IMAGE_UPLOAD' })).toMatchObject({ input: 'video' });
  });

  it.each([
    'https://kakaocdn.net.evil.example/a.jpg',
    'https://talk.kakaocdn.net@evil.example/a.jpg',
    'https://user:pw@talk.kakaocdn.net/a.jpg',
    'https://talk.kakaocdn.net:8443/a.jpg',
    'https://evilkakaocdn.net/a.jpg',
    'ftp://talk.kakaocdn.net/a.jpg',
    '안녕하세요',
    '',
  ])('%j is no photo', (text) => {
    expect(sent(text)).toBeUndefined();
  });

  it('takes ten photos and no more, and time for none of a hostile text', () => {
    const many = Array.from({ length: 30 }, (_, i) => `https://talk.kakaocdn.net/${i}.jpg`);
    expect(sent(many.join(' '))?.images).toHaveLength(10);
    expect(sent('List('.repeat(2_000), { trigger: 'IMAGE_UPLOAD' })).toMatchObject({ images: [] });
  });
});

describe('the secure-image plugin', () => {
  const FIRST = 'http://secure.kakaocdn.net/dna/a/img.jpg?credential=k&expires=1&signature=s%3D';
  const SECOND = 'http://secure.kakaocdn.net/dna/b,c/img.jpg?signature=t';
  const param = secureImageParam([FIRST, SECOND], new Date(0));

  it.each([
    ['in params', { params: { secureimage: param.value } }],
    ['in params under any name', { params: { 영수증: param.value } }],
    ['in detailParams alone', { params: {}, detailParams: { p: param } }],
    ['as words alone', { detailParams: { p: { origin: param.origin, value: 'sys.plugin.secureimage' } } }],
    ['as an object', { params: { p: JSON.parse(param.value) } }],
    ['as a list', { params: { p: { privacyAgreement: 'Y', secureUrls: [FIRST, SECOND] } } }],
    [
      'with escapes inside the JSON',
      { params: { p: param.value.replaceAll('=', '\\u003d').replaceAll('&', '\\u0026') } },
    ],
    [
      'with escapes that nobody undid',
      { params: { p: param.origin.replaceAll('=', '\\u003D').replaceAll('&', '\\u0026') } },
    ],
  ])('%s', (_name, action) => {
    expect(sent('사진 보내기', { action })).toEqual({ input: 'image', images: [FIRST, SECOND], text: '사진 보내기' });
  });

  it.each([
    ['other schemes', 'List(file://secure.kakaocdn.net/a)'],
    ['nothing', 'List()'],
  ])('has no photo in %s', (_name, secureUrls) => {
    expect(sent('네', { action: { params: { p: JSON.stringify({ secureUrls }) } } })).toMatchObject({ images: [] });
  });

  it('leaves it to the list of hosts whose photos are fetched: a simulator has one of its own', () => {
    const urls = ['http://127.0.0.1:8700/a.jpg', 'https://evil.example/b'];
    const { value } = secureImageParam(urls, new Date(0));
    expect(sent('네', { action: { params: { p: value } } })?.images).toEqual(urls);
    expect(sent('네', { action: { params: { p: `List(${urls.join(', ')})` } } })).toBeUndefined();
  });

  it('takes ten, and none where the customer did not agree', () => {
    const many = Array.from({ length: 12 }, (_, i) => `http://secure.kakaocdn.net/${i}`);
    expect(sent('네', { action: { params: { p: secureImageParam(many, new Date(0)).value } } })?.images).toHaveLength(
      10,
    );
    const refused = JSON.stringify({ privacyAgreement: 'N', secureUrls: `List(${FIRST})` });
    expect(sent('네', { action: { params: { p: refused } } })).toBeUndefined();
  });
});
