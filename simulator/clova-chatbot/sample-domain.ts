/** One domain as somebody could have built it: every kind of answer, a form, quick buttons, a menu, a failure message. */
import type { ChatbotCall } from './check-request.ts';
import { type Answer, button, type Component, postback, rows, type TemplateComponent, text } from './wire.ts';

const PICTURES = 'https://chatbot-images.example.com';
export const FAILURE_TEXT = '죄송합니다. 아직 배우지 못한 내용이에요.';

const MENU: TemplateComponent = {
  type: 'template',
  title: '메뉴',
  data: {
    contentBackgroundImage: `${PICTURES}/menu.png`,
    contentTable: rows(
      button('예약', postback('예약')),
      button('영업시간', postback('영업시간')),
      button('처음으로', { type: 'welcome', data: {} }),
    ),
  },
};

const WELCOME: Answer = {
  bubbles: [text('안녕하세요, 바다식당 챗봇이에요. 무엇을 도와드릴까요?')],
  quickButtons: [button('예약', postback('예약')), button('영업시간', postback('영업시간'))],
  persistentMenu: MENU,
  scenarioName: null,
  defaultMsgType: 'welcomeMsg',
};

/** By what is typed, or sent by a button. */
const ANSWERS: Readonly<Record<string, Component | readonly Component[]>> = {
  영업시간: text('매일 11시부터 21시까지예요.'),
  홈페이지: text('자세한 내용은 홈페이지에 있어요.', { url: 'ncloud.com', urlAlias: '홈페이지' }),
  사진: { type: 'image', data: { imageUrl: `${PICTURES}/front.jpg`, alt: '가게 앞' } },
  문의: {
    type: 'template',
    data: {
      cover: { type: 'text', title: '문의하기', data: { description: '어떻게 문의하시겠어요?' } },
      contentTable: rows(
        button('전화', { type: 'phone', data: { number: '051-000-0000', name: '바다식당' } }),
        button('홈페이지', {
          type: 'link',
          data: { url: 'https://sea.example.com', mobileUrl: 'https://m.sea.example.com' },
        }),
        button('예약', postback('예약')),
        button('영업시간은?', {
          type: 'utterance',
          data: { utteranceId: 7, text: '영업시간이 궁금해요', postback: '영업시간' },
        }),
      ),
      footTable: rows(button('처음으로', { type: 'welcome', data: { postback: '_W_처음' } })),
    },
  },
  추천: {
    type: 'carousel',
    data: {
      cards: [
        {
          type: 'template',
          data: {
            cover: {
              type: 'image',
              title: '물회',
              subTitle: '15,000원',
              data: { imageUrl: `${PICTURES}/mulhoe.jpg`, description: '시원하고 새콤해요.' },
            },
            contentTable: rows(button('물회 예약', postback('물회 예약'))),
          },
        },
        {
          type: 'image',
          title: '회덮밥',
          data: {
            imageUrl: `${PICTURES}/hoedeopbap.jpg`,
            action: { type: 'link', data: { url: 'https://sea.example.com/2' } },
          },
        },
      ],
    },
  },
  지점: {
    type: 'template',
    title: '지점 안내',
    data: {
      contentTable: rows(
        {
          type: 'image',
          title: '광안리점',
          subTitle: '부산 수영구',
          data: { imageUrl: `${PICTURES}/1.jpg`, imagePosition: 'left', action: postback('광안리점') },
        },
        {
          type: 'image',
          title: '해운대점',
          subTitle: '부산 해운대구',
          data: { imageUrl: `${PICTURES}/2.jpg`, imagePosition: 'left', action: postback('해운대점') },
        },
      ),
    },
  },
  약도: { type: 'flex', title: '오시는 길: 광안역 5번 출구', data: { type: 'bubble', body: { type: 'box' } } },
  고마워: { type: 'line_sticker', data: { packageId: '1', stickerId: '2' } },
  안내: [text('첫째 안내예요.'), text('둘째 안내예요.'), text('셋째 안내예요.')],
};

type FormStep = { readonly at: 'day' } | { readonly at: 'name'; readonly day: string };

export class SampleDomain {
  readonly #forms = new Map<string, FormStep>();

  answer(call: ChatbotCall): Answer {
    switch (call.event) {
      case 'open':
        return WELCOME;
      case 'getPersistentMenu':
        return { persistentMenu: MENU };
      case 'send':
        return this.#continueForm(call) ?? this.#begin(call);
    }
  }

  /** Buttons of a form count only by all that they carry. */
  #continueForm({ userId, text: said }: ChatbotCall): Answer | undefined {
    const step = this.#forms.get(userId);
    if (step === undefined) return undefined;
    if (said === '그만') {
      this.#forms.delete(userId);
      return { bubbles: [text('예약을 그만둘게요.')], scenarioName: '예약' };
    }
    if (step.at === 'name') {
      this.#forms.delete(userId);
      return { bubbles: [text(`${said} 님, ${step.day} 예약되었습니다.`)], scenarioName: '예약' };
    }
    const day = /^_T_(오늘|내일)$/.exec(said)?.[1];
    if (day === undefined) return undefined;
    this.#forms.set(userId, { at: 'name', day });
    return { bubbles: [text('어느 분 성함으로 예약할까요?')], scenarioName: '예약' };
  }

  #begin({ userId, text: said }: ChatbotCall): Answer {
    const asked = said.replace(/^_T_/, '');
    if (asked === '예약') {
      this.#forms.set(userId, { at: 'day' });
      const cover = text('언제로 예약할까요?');
      const days = rows(button('오늘', postback('오늘')), button('내일', postback('내일')));
      return {
        bubbles: [{ type: 'template', data: { cover, contentTable: days } }],
        scenarioName: '예약',
      };
    }
    if (asked === '무응답') return { scenarioName: '무응답' };
    if (asked === '골라') return { quickButtons: [button('예약', postback('예약'))], scenarioName: '골라' };
    const found = Object.hasOwn(ANSWERS, asked) ? ANSWERS[asked] : undefined;
    if (found === undefined) return { bubbles: [text(FAILURE_TEXT)], scenarioName: null };
    return { bubbles: Array.isArray(found) ? found : [found], scenarioName: asked };
  }
}
