import type { Verdict } from '../../src/channels/json-spot.ts';
import { type Clock, delay } from '../../src/platform/clock.ts';
import type { Bubble, Choice } from '../bubble.ts';
import type { KakaoSimulator, SkillExchange } from '../kakao.ts';
import type { TalkTalkSimulator, WebhookDelivery } from '../talktalk.ts';
import { drawMessage } from './draw.ts';
import { readPhoto } from './photo-turn.ts';
import { withoutControls } from './terminal-width.ts';

export type ChatChannel = 'kakao' | 'talktalk';

export interface ChatOptions {
  readonly kakao: KakaoSimulator;
  readonly talktalk: TalkTalkSimulator;
  readonly channel: ChatChannel;
  readonly clock: Clock;
  /** Writes above the line that is being typed. */
  readonly print: (text: string) => void;
  readonly columns: () => number;
  /** A script needs each answer before its next line; a person may go on typing. */
  readonly waitsForAnswers: boolean;
  readonly answerTimeoutMs: number;
}

const CHANNEL_LABELS: Readonly<Record<ChatChannel, string>> = { kakao: '카카오톡', talktalk: '네이버 톡톡' };
const USER = '손님';

const HELP = `  그냥 입력하면 손님의 말로 보냅니다. / 로 시작하면 명령입니다.

  /kakao            카카오톡으로 바꾸기
  /talktalk         네이버 톡톡으로 바꾸기 (/naver)
  /open             채팅방에 들어가기
  /leave            채팅방 나가기 (톡톡)
  /tap 1            번호가 붙은 버튼 누르기. 달력과 시계는 값도 함께: /tap 2 20261130
  /photo <주소>     사진 보내기. 카카오톡에서는 파일 이름도 되고, 아무것도 적지 않으면 작은 예시 사진을 보내기
  /secure <주소>    이미지 보안 전송으로 사진 보내기. 여러 장은 빈칸으로 나누기 (카카오)
  /menu             고정 메뉴 보기 (톡톡)
  /agent <말>       상담사로 말하기 (톡톡)
  /done             상담 완료하기 (톡톡)
  /resave           멈춘 웹훅을 다시 저장하기 (톡톡)
  /skilltest        관리자센터의 스킬 테스트 보내기 (카카오)
  /json             주고받은 JSON 보기 켜기·끄기
  /help             이 도움말
  /quit             끝내기
`;

const QUIET_MS = 500;
const POLL_MS = 50;

/** A chat by lines: what is typed goes to the channel, what comes back is drawn as soon as it comes. */
export class TerminalChat {
  readonly #options: ChatOptions;
  #channel: ChatChannel;
  #showsJson = false;
  /** What the numbers mean: all choices since the customer last said something. */
  #choices: { readonly channel: ChatChannel; readonly choice: Choice }[] = [];
  #talktalkShown = 0;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#channel = options.channel;
    this.#followTalkTalk();
  }

  get channel(): ChatChannel {
    return this.#channel;
  }

  get promptText(): string {
    return `${CHANNEL_LABELS[this.#channel]} › `;
  }

  greet(): void {
    this.#options.print(`말길 시뮬레이터입니다. 지금은 ${CHANNEL_LABELS[this.#channel]}입니다. 도움말은 /help\n`);
  }

  /** @returns false when the chat ends */
  async handle(line: string): Promise<boolean> {
    const typed = line.trim();
    if (typed === '') return true;
    if (!typed.startsWith('/')) {
      await this.#try(() => this.#say(typed));
      return true;
    }
    const [command = '', ...words] = typed.slice(1).split(/\s+/);
    if (command === 'quit' || command === 'exit') return false;
    await this.#try(() => this.#command(command, words));
    return true;
  }

  async #command(command: string, words: readonly string[]): Promise<void> {
    const { kakao, talktalk, print } = this.#options;
    const rest = words.join(' ');
    const onTalkTalk = this.#channel === 'talktalk';
    switch (command) {
      case 'help':
        return print(HELP);
      case 'json':
        this.#showsJson = !this.#showsJson;
        return print(this.#showsJson ? '  JSON을 함께 보여 드립니다.\n' : '  JSON을 숨깁니다.\n');
      case 'kakao':
        return this.#switchTo('kakao');
      case 'talktalk':
      case 'naver':
        return this.#switchTo('talktalk');
      case 'open':
        return onTalkTalk ? this.#onTalkTalk(() => talktalk.open(USER), false) : this.#onKakao(() => kakao.open(USER));
      case 'tap':
        return this.#tap(words[0] ?? '', words[1] ?? '');
      case 'photo':
        if (!onTalkTalk) return this.#sendPhoto(rest);
        if (!URL.canParse(rest)) return print('  사진의 주소를 적어 주세요. 예: /photo https://example.com/a.jpg\n');
        return this.#onTalkTalk(() => talktalk.sendImage(USER, rest), true);
      case 'secure':
        if (onTalkTalk) return print('  카카오톡에서만 되는 명령입니다. 먼저 /kakao 를 입력해 주세요.\n');
        if (words.length === 0 || !words.every((word) => URL.canParse(word))) {
          return print('  사진의 주소를 적어 주세요. 예: /secure http://127.0.0.1:8000/a.jpg\n');
        }
        return this.#onKakao(() => kakao.sendSecureImages(USER, words));
      case 'skilltest':
        return this.#onKakao(() => kakao.skillTest());
      case 'leave':
      case 'menu':
      case 'agent':
      case 'done':
      case 'resave':
        if (!onTalkTalk) return print('  네이버 톡톡에서만 되는 명령입니다. 먼저 /talktalk 을 입력해 주세요.\n');
        return this.#partnerCommand(command, rest);
      default:
        return print(`  없는 명령입니다: /${withoutControls(command)} (도움말은 /help)\n`);
    }
  }

  async #sendPhoto(typed: string): Promise<void> {
    const photo = await readPhoto(typed);
    return this.#onKakao(() => this.#options.kakao.sendPhoto(USER, photo));
  }

  async #partnerCommand(command: string, words: string): Promise<void> {
    const { talktalk, print } = this.#options;
    if (command === 'leave') return this.#onTalkTalk(() => talktalk.leave(USER), false);
    if (command === 'menu') {
      if (talktalk.menu.length === 0) return print('  고정 메뉴가 없습니다. NAVER_MENU로 설정할 수 있습니다.\n');
      const menu: Bubble = { type: 'card', title: '고정 메뉴', rows: [], buttons: talktalk.menu };
      return this.#show('talktalk', [menu], []);
    }
    if (command === 'agent') {
      await this.#onTalkTalk(() => talktalk.agentSays(USER, words), false);
      return print('  상담사가 대화를 이어받았습니다. 끝내려면 /done\n');
    }
    if (command === 'done') {
      await this.#onTalkTalk(() => talktalk.agentCompletes(USER), false);
      return print('  상담을 마쳤습니다. 다시 봇이 답합니다.\n');
    }
    talktalk.resave();
    return print('  웹훅 주소를 다시 저장했습니다. 이벤트가 다시 전달됩니다.\n');
  }

  #switchTo(channel: ChatChannel): void {
    this.#channel = channel;
    this.#choices = [];
    this.#options.print(`  이제 ${CHANNEL_LABELS[channel]}입니다.\n`);
  }

  #say(text: string): Promise<void> {
    const { kakao, talktalk } = this.#options;
    return this.#channel === 'kakao'
      ? this.#onKakao(() => kakao.say(USER, text))
      : this.#onTalkTalk(() => talktalk.say(USER, text), true);
  }

  async #tap(number: string, value: string): Promise<void> {
    const { kakao, talktalk, print } = this.#options;
    const numbered = this.#choices[Number(number) - 1];
    if (numbered === undefined) return print('  그런 번호의 버튼이 없습니다. 예: /tap 1\n');
    const { channel, choice } = numbered;
    if (choice.effect === 'link') return print(`  브라우저에서 열립니다: ${withoutControls(choice.url ?? '')}\n`);
    if (choice.effect === 'call') {
      return print(`  전화를 겁니다: ${withoutControls(choice.phoneNumber ?? choice.url ?? '')}\n`);
    }
    if (choice.effect === 'other') return print('  이 버튼은 봇에게 전달되지 않습니다.\n');
    if (choice.effect === 'pick' && value === '') return print('  고른 값을 함께 적어 주세요. 예: /tap 1 20261130\n');
    if (channel === 'kakao') return this.#onKakao(() => kakao.tap(USER, choice));
    return this.#onTalkTalk(() => talktalk.press(USER, choice, value), true);
  }

  async #onKakao(call: () => Promise<SkillExchange>): Promise<void> {
    this.#choices = [];
    const exchange = await call();
    this.#json('보낸 JSON', exchange.request);
    this.#json('받은 JSON', exchange.response);
    this.#show('kakao', exchange.bubbles, exchange.quickReplies, exchange.elapsedMs);
    this.#showFindings(exchange.findings);
    if (exchange.timedOut) this.#options.print('  5초 안에 응답이 없어 손님에게는 아무것도 보이지 않습니다.\n');
    if (exchange.callback === undefined) return;

    const following = exchange.callback.then((result) => {
      if (result.outcome === 'closed') return;
      if (result.outcome === 'expired') return this.#options.print('  콜백이 오지 않은 채 유효 시간이 지났습니다.\n');
      this.#json('콜백으로 받은 JSON', result.response);
      this.#show('kakao', result.bubbles, result.quickReplies, result.elapsedMs);
      this.#showFindings(result.findings);
    });
    if (this.#options.waitsForAnswers) await following;
  }

  async #onTalkTalk(send: () => Promise<WebhookDelivery>, expectsAnswer: boolean): Promise<void> {
    const { talktalk, print, waitsForAnswers } = this.#options;
    const before = this.#talktalkShown;
    this.#choices = [];
    const delivery = await send();
    this.#json('보낸 JSON', delivery.event);
    this.#json('받은 JSON', delivery.response);
    this.#showFindings(delivery.findings);
    switch (delivery.outcome) {
      case 'failed':
        print(`  웹훅 실패: ${delivery.failure} (HTTP ${delivery.status}). 이 이벤트는 다시 오지 않습니다.\n`);
        break;
      case 'suspended':
        print('  실패가 잦아 웹훅 전달이 멈췄습니다. /resave 로 다시 저장하세요.\n');
        break;
      case 'withheld':
        print('  지금은 봇에게 전달되지 않습니다.\n');
        break;
      case 'accepted':
        if (waitsForAnswers && expectsAnswer && talktalk.threadOwner(USER) === 'bot') await this.#untilQuiet(before);
        break;
      case 'unsubscribed':
        break;
    }
  }

  /** Draws every TalkTalk message as it comes: answers in the response and pushes alike. */
  #followTalkTalk(): void {
    const { talktalk } = this.#options;
    const forever = 2 ** 31 - 1; // the longest timer that there is
    const next = (): Promise<void> =>
      talktalk.nextMessage(USER, forever).then((message) => {
        this.#json('봇이 보낸 JSON', message.event);
        this.#show('talktalk', message.bubbles, message.quickReplies);
        this.#showFindings(message.findings);
        if (message.overAgent) this.#options.print('  주의: 상담사가 대화하는 중에 봇이 말했습니다.\n');
        this.#talktalkShown += 1;
        return next();
      });
    next().catch(() => undefined); // the simulator closed
  }

  async #untilQuiet(before: number): Promise<void> {
    const { clock, talktalk, answerTimeoutMs } = this.#options;
    const endsAt = clock.now() + answerTimeoutMs;
    let shown = before;
    let quietSince = clock.now();
    while (clock.now() < endsAt) {
      await delay(clock, POLL_MS);
      if (this.#talktalkShown !== shown || talktalk.isTyping(USER)) {
        shown = this.#talktalkShown;
        quietSince = clock.now();
      } else if (shown > before && clock.now() - quietSince >= QUIET_MS) return;
    }
    if (shown === before) this.#options.print(`  ${answerTimeoutMs / 1_000}초 동안 답이 오지 않았습니다.\n`);
  }

  #show(channel: ChatChannel, bubbles: readonly Bubble[], quickReplies: readonly Choice[], elapsedMs?: number): void {
    if (bubbles.length === 0) return;
    const time = elapsedMs === undefined ? '' : ` · ${(elapsedMs / 1_000).toFixed(1)}초`;
    const numberOf = (choice: Choice) => this.#choices.push({ channel, choice });
    const drawing = drawMessage(bubbles, quickReplies, numberOf, this.#options.columns());
    this.#options.print(`  봇 (${CHANNEL_LABELS[channel]}${time})\n${drawing}`);
  }

  #showFindings(findings: Verdict): void {
    const lines = [
      ...findings.faults.map((fault) => `  형식 오류 ${fault.path}: ${fault.message}\n`),
      ...findings.warnings.map((warning) => `  형식 주의 ${warning.path}: ${warning.message}\n`),
    ];
    if (lines.length > 0) this.#options.print(withoutControls(lines.join('')));
  }

  #json(title: string, value: unknown): void {
    if (!this.#showsJson || value === undefined) return;
    this.#options.print(withoutControls(`  ${title}\n${JSON.stringify(value, null, 2)}\n`));
  }

  async #try(action: () => void | Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#options.print(`  하지 못했습니다: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}
