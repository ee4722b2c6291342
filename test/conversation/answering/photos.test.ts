import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageLimits } from '../../../src/engine/engine.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { FetchedImage, ImageSource } from '../../../src/images/image-source.ts';
import type { MessageReceived } from '../../../src/message.ts';
import { flush, GatewayRig, seen } from '../../helpers/gateway-rig.ts';
import { photo } from '../../helpers/photos.ts';
import { ScriptedEngine } from '../../helpers/scripted-engine.ts';

const LIMITS: ImageLimits = {
  mediaTypes: ['image/jpeg', 'image/png'],
  maxCount: 2,
  maxSizeBytes: 1_000_000,
  maxTotalBytes: 1_000_000,
  maxLongEdgePx: 2_000,
  minShortEdgePx: 4,
  maxAspectRatio: 5,
};
const ADDRESS = 'https://talk.kakaocdn.net/dn/a.jpg?signature=s3cret';
const IMAGE = { mediaType: 'image/png', bytes: photo('photo.png') } as const;
const FETCHED: FetchedImage = { kind: 'image', image: IMAGE };
const refused = (problem: Extract<FetchedImage, { kind: 'refused' }>['problem']): FetchedImage => ({
  kind: 'refused',
  problem,
});

/** Answers by script; nothing scripted: the picture. */
class ScriptedSource implements ImageSource {
  readonly asked: { address: string; limits: ImageLimits }[] = [];
  readonly script: (FetchedImage | Promise<FetchedImage>)[] = [];

  async fetchImage(address: string, limits: ImageLimits): Promise<FetchedImage> {
    this.asked.push({ address, limits });
    return this.script.shift() ?? FETCHED;
  }

  async close(): Promise<void> {}
}

let rig: GatewayRig;
let source: ScriptedSource;

beforeEach(async () => {
  rig = await GatewayRig.open();
  source = new ScriptedSource();
  Object.assign(rig.bot, { photos: source });
  Object.assign(rig.engine, { seesImages: LIMITS });
});

afterEach(async () => {
  await rig.close();
});

const photoMessage = (fields: Partial<MessageReceived> = {}, channel: 'kakao' | 'naver' = 'kakao') =>
  rig.message(channel, '', { input: 'image', images: [ADDRESS], ...fields });

/** One exchange; returns what the engine got and what the customer saw. */
async function exchange(event: MessageReceived, answer = '빨간 운동화네요.') {
  const handling = rig.send(event);
  const { request, say, finish } = await rig.engine.nextCall();
  say(answer);
  finish();
  const handled = await handling;
  await flush(rig, handled);
  return { request, ...seen(handled) };
}

const replyTo = async (event: MessageReceived) => seen(await rig.send(event)).texts;

describe('an engine that can see', () => {
  it('gets the photo as bytes, and its address goes nowhere', async () => {
    const event = photoMessage();
    const { request, texts } = await exchange(event);
    expect(texts).toEqual(['빨간 운동화네요.']);
    expect(request.images).toEqual([IMAGE]);
    expect(request.question).toBe('사진을 보냈어요. 사진을 보고 도와주세요.');
    expect(request.systemPrompt).toContain('사진에서 분명히 보이는 것만');
    expect(source.asked.map(({ address }) => address)).toEqual([ADDRESS]);
    expect(JSON.stringify({ ...request, images: [] })).not.toContain('kakaocdn');
    const turn = await rig.store.readTurn(event.id);
    expect(turn).toMatchObject({ state: 'answered', event: { input: 'image' } });
    expect(JSON.stringify(turn)).not.toContain('kakaocdn');
  });

  it('is fetched no photo that the next one of the chain could not take', async () => {
    const next = Object.assign(new ScriptedEngine('next'), {
      seesImages: {
        ...LIMITS,
        mediaTypes: ['image/png', 'image/webp'],
        maxCount: 1,
        maxLongEdgePx: 1_000,
        minShortEdgePx: 28,
      },
    });
    Object.assign(rig.bot, { engines: [rig.engine, next] });
    const { request } = await exchange(photoMessage({ images: [ADDRESS, ADDRESS] }));
    expect(request.images).toHaveLength(1);
    expect(source.asked.map(({ limits }) => limits)).toEqual([
      { ...LIMITS, mediaTypes: ['image/png'], maxCount: 1, maxLongEdgePx: 1_000, minShortEdgePx: 28 },
    ]);
  });

  it('hears what was said last, and a later question finds the photo in the history', async () => {
    await exchange(rig.message('kakao', '이 신발 세탁은 어떻게 해요?'), '어떤 신발인가요?');
    const { request } = await exchange(photoMessage());
    expect(request.question).toContain('이 신발 세탁은 어떻게 해요?');
    expect(request.history.map(({ text }) => text)).toEqual(['이 신발 세탁은 어떻게 해요?', '어떤 신발인가요?']);
    const later = await exchange(rig.message('kakao', '그럼 건조기는 써도 되나요?'));
    expect(later.request.history.at(-2)).toEqual({ role: 'user', text: '(사진)' });
    expect(later.request.images).toBeUndefined();
    expect(later.request.systemPrompt).not.toContain('사진');
  });

  it('does not take words of an earlier conversation for the question', async () => {
    await exchange(rig.message('kakao', '이 신발 세탁은 어떻게 해요?'), '어떤 신발인가요?');
    await rig.clock.advance(rig.bot.conversationIdleMs + 1);
    expect((await exchange(photoMessage())).request.question).not.toContain('세탁');
  });

  it('gets the words that came with the photo as the question', async () => {
    const { request } = await exchange(photoMessage({ text: '이거 품절인가요?' }));
    expect(request).toMatchObject({ question: '이거 품절인가요?', images: [IMAGE] });
  });

  it('is asked even when it stands behind one that cannot see', async () => {
    const blind = new ScriptedEngine('blind');
    Object.assign(rig.bot, { engines: [blind, rig.engine] });
    expect((await exchange(photoMessage())).texts).toEqual(['빨간 운동화네요.']);
    expect(blind.calls).toEqual([]);
  });

  it('sees as many as it takes, with the room divided, and the customer hears it', async () => {
    const images = ['a', 'b', 'c'].map((name) => `https://talk.kakaocdn.net/${name}.jpg`);
    source.script.push(FETCHED, refused('expired'));
    const { request, texts } = await exchange(photoMessage({ images }));
    expect(source.asked.map(({ address, limits }) => [address, limits.maxSizeBytes])).toEqual([
      [images[0], 500_000],
      [images[1], 500_000],
    ]);
    expect(request.images).toHaveLength(1);
    expect(texts).toEqual(['보내 주신 사진 3장 가운데 1장만 확인했어요.', '빨간 운동화네요.']);
  });

  it('has what it read off the photo masked, but not what the operator wrote', async () => {
    const handling = rig.send(photoMessage());
    const call = await rig.engine.nextCall();
    call.say('주민등록번호는 900101-1');
    call.say('234568이고, 문의는 [[전화1]]입니다.');
    await rig.settle();
    call.finish();
    const [text] = seen(await handling).texts;
    expect(text).not.toContain('900101-1');
    expect(text).toContain('[주민등록번호]');
    expect(text).toContain('02-000-0000');
  });
});

describe('a photo that is not seen', () => {
  it.each([
    ['expired', '보관 시간이 지나'],
    ['too-large', '화질을 낮추거나'],
    ['too-long', '필요한 부분만 잘라서'],
    ['wrong-kind', 'JPG나 PNG'],
    ['unreachable', '잠시 후 다시'],
    ['too-slow', '잠시 후 다시'],
    ['not-allowed', '불러올 수 없었어요'],
  ] as const)('because it is %s', async (problem, words) => {
    source.script.push(refused(problem));
    const event = photoMessage();
    const [text] = await replyTo(event);
    expect(text).toContain(words);
    expect(text).toContain('글로 적어');
    expect(rig.engine.calls).toEqual([]);
    expect(await rig.store.readTurn(event.id)).toMatchObject({ wasAnswered: false });
  });

  it('because the engines that can see failed: no blind one guesses', async () => {
    const blind = new ScriptedEngine('blind');
    Object.assign(rig.bot, { engines: [rig.engine, blind] });
    const handling = rig.send(photoMessage());
    (await rig.engine.nextCall()).fail(new GatewayError('ENGINE_OVERLOADED', 'busy'));
    const [text] = seen(await handling).texts;
    expect(text).toContain('확인하는 중에 문제가');
    expect(text).toContain('고객센터 02-000-0000');
    expect(blind.calls).toEqual([]);
  });

  it.each([
    ['the operator does not want it', { photos: undefined }],
    ['only the approved wording goes out', { answerMode: 'approved' }],
    ['no engine can see', { engines: [new ScriptedEngine('blind')] }],
  ])('because %s', async (_name, change) => {
    Object.assign(rig.bot, change);
    expect(await replyTo(photoMessage())).toEqual([
      '사진을 보내 주셨네요. 아직 사진은 확인할 수 없어요. 궁금하신 내용을 글로 적어 주시면 바로 답변드릴게요.',
    ]);
    expect(source.asked).toEqual([]);
  });

  it('because the platform named no address', async () => {
    expect((await replyTo(photoMessage({ images: [] })))[0]).toContain('한 번 더 보내 주세요');
    expect(source.asked).toEqual([]);
  });

  it('still has the words that came with it answered', async () => {
    source.script.push(refused('expired'));
    const { request, texts } = await exchange(photoMessage({ text: '이거 품절인가요?' }), '품절입니다.');
    expect(request.images).toBeUndefined();
    expect(texts[0]).toContain('우선 글로 적어 주신 내용에');
    expect(texts[1]).toBe('품절입니다.');
  });

  it('a video has its own sentence', async () => {
    expect((await replyTo(rig.message('kakao', '', { input: 'video' })))[0]).toContain('동영상은 확인할 수 없어요');
  });
});

describe('time and restarts', () => {
  it('a slow photo costs no silence: the waiting bubble comes in time, and the answer is there at the tap', async () => {
    const slow = Promise.withResolvers<FetchedImage>();
    source.script.push(slow.promise);
    const event = photoMessage();
    const handling = rig.send(event);
    await rig.settle();
    await rig.clock.advance(4_000);
    const waiting = await handling;
    expect(seen(waiting).choices).toEqual(['답변 보기']);
    await flush(rig, waiting);
    slow.resolve(FETCHED);
    const call = await rig.engine.nextCall();
    call.say('늦었지만 봤어요.');
    call.finish();
    await rig.settle();
    const tap = rig.message('kakao', '답변 보기', { action: { kind: 'pickup', turnId: event.id } });
    expect(await replyTo(tap)).toEqual(['늦었지만 봤어요.']);
  });

  it('after a crash the photo is asked for again: its address died with the process', async () => {
    source.script.push(new Promise(() => {}));
    const event = photoMessage({}, 'naver');
    await rig.send(event);
    await rig.settle();
    rig.die();
    await rig.restart();
    await rig.settle();
    const turn = await rig.store.readTurn(event.id);
    expect(turn?.state).toBe('answered');
    expect(JSON.stringify(turn?.reply)).toContain('한 번 더 보내 주세요');
  });

  it('photos and words that waited together become one question', async () => {
    await rig.send(rig.message('naver', '천천히 생각해 주세요'));
    const first = await rig.engine.nextCall();
    await rig.send(photoMessage({ images: ['https://shop-phinf.pstatic.net/a.jpg'] }, 'naver'));
    await rig.send(photoMessage({ images: ['https://shop-phinf.pstatic.net/b.jpg'] }, 'naver'));
    await rig.send(rig.message('naver', '둘 중에 어느 게 나아요?'));
    await rig.settle();
    first.say('네.');
    first.finish();
    const { request, say, finish } = await rig.engine.nextCall();
    expect(source.asked.map(({ address }) => new URL(address).pathname)).toEqual(['/a.jpg', '/b.jpg']);
    expect(request).toMatchObject({ question: '둘 중에 어느 게 나아요?', images: [IMAGE, IMAGE] });
    say('왼쪽이요.');
    finish();
    await rig.settle();
  });

  it('a reset cancels a photo that is on its way', async () => {
    const slow = Promise.withResolvers<FetchedImage>();
    source.script.push(slow.promise);
    const event = photoMessage({}, 'naver');
    await rig.send(event);
    await rig.settle();
    await rig.send(rig.message('naver', '처음부터'));
    slow.resolve(FETCHED);
    await rig.settle();
    expect((await rig.store.readTurn(event.id))?.state).toBe('suppressed');
    expect(rig.engine.calls).toEqual([]);
  });
});
