import { describe, expect, it } from 'vitest';
import { checkModel, checkRequest } from '../../../simulator/clova/rules.ts';
import { capabilitiesOf } from '../../../src/engine/clova/facts/models.ts';
import { chatBodyBuilder, chatPath } from '../../../src/engine/clova/request.ts';
import { toChatMessages } from '../../../src/engine/clova-studio/question.ts';
import type { ClovaEngineSettings } from '../../../src/engine/clova-studio/settings.ts';
import { engineRequest } from '../../helpers/engine-contract.ts';
import { photo } from '../../helpers/photos.ts';
import { clovaSettings } from '../clova-settings.ts';

const bodyOf = (settings: Partial<ClovaEngineSettings>, request = engineRequest()) =>
  JSON.parse(chatBodyBuilder(clovaSettings(settings))(toChatMessages(request)));

describe('bodies', () => {
  it.each([
    ['HCX-007', { maxCompletionTokens: 1_024, thinking: { effort: 'none' } }],
    ['HCX-005', { maxTokens: 1_024 }],
    ['HCX-DASH-002', { maxTokens: 1_024 }],
    ['HCX-003', { maxTokens: 1_024 }],
    ['HCX-DASH-001', { maxTokens: 1_024 }],
    ['HCX-999', { maxTokens: 1_024 }],
  ])('%s', (model, parameters) => {
    const { messages, ...rest } = bodyOf({ model });
    expect(rest).toEqual(parameters);
    expect(messages).toEqual([
      { role: 'system', content: '당신은 친절한 상담원입니다.' },
      { role: 'user', content: '영업시간이 어떻게 되나요?' },
    ]);
  });

  it.each([
    ['HCX-007', 'none'],
    ['HCX-007', 'low'],
    ['HCX-007', 'high'],
    ['HCX-005', undefined],
    ['HCX-DASH-002', undefined],
    ['HCX-003', undefined],
    ['HCX-DASH-001', undefined],
  ] as const)('%s with effort %s passes the rules of the service', (model, effort) => {
    const settings = clovaSettings({ model, temperature: 0.3, ...(effort && { thinkingEffort: effort }) });
    const version = chatPath(settings, settings).startsWith('/v1/') ? 'v1' : 'v3';
    const request = engineRequest({
      history: [
        { role: 'user', text: '안녕' },
        { role: 'assistant', text: '네' },
      ],
    });
    const body: unknown = JSON.parse(chatBodyBuilder(settings)(toChatMessages(request)));
    expect(checkRequest(model, checkModel(version, model), body).effort).toBe(effort ?? 'none');
  });

  it('leaves room for thinking, up to what the model can do', () => {
    expect(bodyOf({ thinkingEffort: 'low' }).maxCompletionTokens).toBe(5_120);
    expect(bodyOf({ thinkingEffort: 'high' }).maxCompletionTokens).toBe(20_480);
    expect(bodyOf({ thinkingEffort: 'low', maxOutputTokens: 8_000 }).maxCompletionTokens).toBe(8_000);
  });

  it('sends the history in order, and no empty text', () => {
    const request = engineRequest({
      systemPrompt: ' ',
      history: [
        { role: 'user', text: '첫째' },
        { role: 'assistant', text: '' },
        { role: 'assistant', text: '둘째' },
      ],
      question: '셋째',
    });
    expect(bodyOf({ temperature: 0 }, request)).toMatchObject({
      temperature: 0,
      messages: [
        { role: 'user', content: '첫째' },
        { role: 'assistant', content: '둘째' },
        { role: 'user', content: '셋째' },
      ],
    });
  });
});

describe('pictures', () => {
  const png = { mediaType: 'image/png', bytes: photo('photo.png') } as const;
  const webp = { mediaType: 'image/webp', bytes: photo('lossy.webp') } as const;
  const dataUri = ({ mediaType, bytes }: typeof png | typeof webp) =>
    `data:${mediaType};base64,${bytes.toString('base64')}`;

  it('go inline with the question', () => {
    const { messages } = bodyOf({ model: 'HCX-005' }, engineRequest({ question: '이거 얼마예요?', images: [png] }));
    expect(messages.at(-1)).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: '이거 얼마예요?' },
        { type: 'image_url', dataUri: { data: dataUri(png) } },
      ],
    });
  });

  it('several have a message each, the last one with the question', () => {
    const request = engineRequest({ question: '비교해 주세요', images: [png, webp, png] });
    const { messages } = bodyOf({ model: 'HCX-005' }, request);
    const seen = messages
      .slice(1)
      .map(({ role, content }: { role: string; content: readonly object[] }) => [
        role,
        ...content.map((part) => ('text' in part ? part.text : (part as { dataUri: { data: string } }).dataUri.data)),
      ]);
    expect(seen).toEqual([
      ['user', '(사진 1/3)', dataUri(png)],
      ['user', '(사진 2/3)', dataUri(webp)],
      ['user', '비교해 주세요', dataUri(png)],
    ]);
  });

  it('of every kind pass the rules of the service, up to their number', () => {
    const images = [
      png,
      webp,
      { mediaType: 'image/jpeg', bytes: photo('photo.jpg') },
      { mediaType: 'image/bmp', bytes: photo('photo.bmp') },
      { mediaType: 'image/webp', bytes: photo('extended.webp') },
    ] as const;
    expect(images).toHaveLength(capabilitiesOf('HCX-005').images?.maxCount ?? 0);
    const call = checkRequest(
      'HCX-005',
      checkModel('v3', 'HCX-005'),
      bodyOf({ model: 'HCX-005' }, engineRequest({ images })),
    );
    expect(call.messages.flatMap(({ pictures }) => pictures)).toEqual(
      ['png', 'webp', 'jpeg', 'bmp', 'webp'].map((format) => ({ format, widthPx: 40, heightPx: 24 })),
    );
  });

  it('all that one question may have fit the body that the service takes', () => {
    const limits = capabilitiesOf('HCX-005').images;
    expect((limits?.maxTotalBytes ?? 0) * (4 / 3)).toBeLessThan(50_000_000);
    expect(capabilitiesOf('HCX-007').images).toBeUndefined();
  });
});
