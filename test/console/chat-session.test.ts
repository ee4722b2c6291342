import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ChatSession } from '../../console/chat/chat-session.ts';
import { baseOf, HttpChatGateway } from '../../console/chat/gateway.ts';
import type { OtherTabs } from '../../console/chat/other-tabs.ts';
import { type OutgoingMessage, storedOutbox } from '../../console/chat/outbox.ts';
import { readableText } from '../../console/chat/reply-text.ts';
import { type FakeTurn, FakeWebGateway } from '../helpers/fake-web-gateway.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { WAIT } from '../helpers/wait.ts';

/** node's fetch keeps no cookies; a browser does. */
function keepCookies(): () => void {
  const plainFetch = globalThis.fetch;
  let cookie = '';
  globalThis.fetch = async (url, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await plainFetch(url, { ...init, headers });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return response;
  };
  return () => {
    globalThis.fetch = plainFetch;
  };
}

class MemoryStorage {
  readonly values = new Map<string, string>();
  getItem(name: string): string | null {
    return this.values.get(name) ?? null;
  }
  setItem(name: string, value: string): void {
    this.values.set(name, value);
  }
  removeItem(name: string): void {
    this.values.delete(name);
  }
}

/** Tabs of one browser. A real channel would keep on talking to the sessions of earlier tests. */
class BrowserTabs {
  readonly #looks: (() => void)[] = [];

  open(): OtherTabs {
    const looks = this.#looks;
    let own: (() => void) | undefined;
    return {
      tell() {
        for (const look of looks) if (look !== own) look();
      },
      onTold(look) {
        own = look;
        looks.push(look);
      },
    };
  }
}

describe('ChatSession', () => {
  let server: FakeWebGateway;
  let clock: ManualClock;
  let storage: MemoryStorage;
  let tabs: BrowserTabs;
  let restoreFetch: () => void;

  beforeEach(async () => {
    server = new FakeWebGateway('.');
    await server.open();
    clock = new ManualClock();
    storage = new MemoryStorage();
    tabs = new BrowserTabs();
    restoreFetch = keepCookies();
  });

  afterEach(async () => {
    restoreFetch();
    await server.goAway();
  });

  function newSession(): ChatSession {
    return new ChatSession({
      gateway: new HttpChatGateway('', clock, server.origin),
      clock,
      outbox: storedOutbox(() => storage, 'outbox'),
      otherTabs: tabs.open(),
      random: () => 0.5,
    });
  }

  async function startedSession(): Promise<ChatSession> {
    const session = newSession();
    session.start();
    await vi.waitFor(() => expect(session.getState().loaded).toBe(true), WAIT);
    return session;
  }

  /** What is on screen, briefly. */
  function view(session: ChatSession): string[] {
    const { turns, outgoing } = session.getState();
    return [
      ...turns.map(({ question, answer, partial, unanswered }) => {
        const said = answer === undefined ? `${partial}${unanswered ? ' (none)' : '…'}` : readableText(answer.reply);
        return `${question} > ${said}`;
      }),
      ...outgoing.map(({ text, state }) => `${text} (${state})`),
    ];
  }

  const eventually = (session: ChatSession, expected: readonly string[]) =>
    vi.waitFor(() => expect(view(session)).toEqual(expected), WAIT);

  /** Turns wait for the test. */
  function holdTurns(): FakeTurn[] {
    const held: FakeTurn[] = [];
    server.onTurn = (turn) => held.push(turn);
    return held;
  }

  it('streams an answer', async () => {
    const held = holdTurns();
    const session = await startedSession();
    session.send('안녕');
    expect(view(session)).toEqual(['안녕 (sending)']);
    await eventually(session, ['안녕 > …']);
    held[0]?.delta('반갑');
    await eventually(session, ['안녕 > 반갑…']);
    held[0]?.restart();
    held[0]?.delta('어서');
    await eventually(session, ['안녕 > 어서…']);
    held[0]?.answer('어서 오세요');
    await eventually(session, ['안녕 > 어서 오세요']);
  });

  it('keeps two quick messages in one conversation, in order', async () => {
    const session = await startedSession();
    session.send('하나');
    session.send('둘');
    await vi.waitFor(() => expect(session.getState().turns).toHaveLength(2), WAIT);
    expect(session.getState().turns.map((turn) => turn.question)).toEqual(['하나', '둘']);
    expect(server.conversationCount).toBe(1);
  });

  it('goes on after a cut from the last piece that it has', async () => {
    const held = holdTurns();
    const session = await startedSession();
    session.send('질문');
    await vi.waitFor(() => expect(held).toHaveLength(1), WAIT);
    held[0]?.delta('처음과 ');
    await eventually(session, ['질문 > 처음과 …']);
    held[0]?.cut();
    await vi.waitFor(() => expect(server.requests.at(-1)?.lastEventId).toBe('1.4'), WAIT);
    held[0]?.delta('끝');
    await eventually(session, ['질문 > 처음과 끝…']);
    held[0]?.answer('처음과 끝.');
    await eventually(session, ['질문 > 처음과 끝.']);
    expect(server.turns).toHaveLength(1);
    expect(session.getState().connection).toEqual({ state: 'online' });
  });

  it('goes on also where a proxy has ended the stream politely', async () => {
    const held = holdTurns();
    const session = await startedSession();
    session.send('질문');
    await eventually(session, ['질문 > …']);
    held[0]?.endEarly();
    await vi.waitFor(() => expect(server.requests.at(-1)?.lastEventId).toBe('1.0'), WAIT);
    held[0]?.answer('답');
    await eventually(session, ['질문 > 답']);
  });

  it('finds a message that arrived although its response was lost, and does not send it twice', async () => {
    const session = await startedSession();
    session.send('먼저');
    await vi.waitFor(() => expect(session.getState().turns[0]?.answer).toBeDefined(), WAIT);
    server.swallowNextResponse = true;
    session.send('사라진 응답');
    await eventually(session, ['먼저 > "먼저"에 대한 답입니다.', '사라진 응답 > "사라진 응답"에 대한 답입니다.']);
    expect(server.turns).toHaveLength(2);
  });

  it('keeps what could not be sent, backs off, and sends it again when told to', async () => {
    const session = await startedSession();
    await server.goAway();
    session.send('계신가요?');
    await eventually(session, ['계신가요? (unsent)']);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const { connection } = session.getState();
      if (connection.state !== 'away') throw new Error('should be away');
      waits.push(connection.retryAt - clock.now());
      await clock.advance(connection.retryAt - clock.now());
      await vi.waitFor(() => expect(session.getState().connection).not.toBe(connection), WAIT);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    await server.open();
    session.retryNow();
    await vi.waitFor(() => expect(session.getState().connection).toEqual({ state: 'online' }), WAIT);
    expect(view(session)).toEqual(['계신가요? (unsent)']);
    session.resend(session.getState().outgoing[0]?.key ?? '');
    await eventually(session, ['계신가요? > "계신가요?"에 대한 답입니다.']);
  });

  it('finds its way when the server was away from the beginning', async () => {
    await server.goAway();
    const session = newSession();
    session.start();
    await vi.waitFor(() => expect(session.getState().connection.state).toBe('away'), WAIT);
    await server.open();
    await clock.advance(1_000);
    await vi.waitFor(() => expect(session.getState().profile?.bot.name).toBe('말길 상점'), WAIT);
  });

  it('waits as long as a 503 asks', async () => {
    server.refusals.push({ status: 503, code: 'OVERLOADED', retryAfterSeconds: 20 });
    const session = newSession();
    session.start();
    await vi.waitFor(
      () => expect(session.getState().connection).toEqual({ state: 'away', retryAt: clock.now() + 20_000 }),
      WAIT,
    );
  });

  it('keeps the message and the waiting time of a 429', async () => {
    const session = await startedSession();
    server.refusals.push({ status: 429, code: 'INBOUND_RATE_LIMITED', retryAfterSeconds: 7 });
    session.send('또');
    await eventually(session, ['또 (unsent)']);
    expect(session.getState().limitedUntil).toBe(clock.now() + 7_000);
    expect(session.getState().connection).toEqual({ state: 'online' });
    await clock.advance(7_000);
    expect(session.getState().limitedUntil).toBeUndefined();
  });

  it('does not offer to repeat what the server will never take', async () => {
    const session = await startedSession();
    server.refusals.push({ status: 413, code: 'INBOUND_TOO_LARGE' });
    session.send('너무 긴 글');
    await eventually(session, ['너무 긴 글 (refused)']);
    session.discard(session.getState().outgoing[0]?.key ?? '');
    expect(view(session)).toEqual([]);
  });

  it('stops asking where there is no such bot', async () => {
    server.refusals.push({ status: 404, code: 'BOT_UNKNOWN' });
    const session = newSession();
    session.start();
    await vi.waitFor(() => expect(session.getState().connection).toEqual({ state: 'refused' }), WAIT);
    await clock.advance(60_000);
    expect(server.requests).toHaveLength(1);
  });

  it('takes a stream without a sign of life for dead', async () => {
    const held = holdTurns();
    const session = await startedSession();
    session.send('질문');
    await eventually(session, ['질문 > …']);
    const before = server.requests.length;
    await clock.advance(30_000);
    await vi.waitFor(
      () => expect(server.requests.slice(before).map((each) => each.url)).toEqual(['/query/WEB/events']),
      WAIT,
    );
    held[0]?.answer('답');
    await eventually(session, ['질문 > 답']);
  });

  it('says so when the server ends without an answer', async () => {
    const held = holdTurns();
    const session = await startedSession();
    session.send('질문');
    await vi.waitFor(() => expect(held).toHaveLength(1), WAIT);
    held[0]?.end();
    await eventually(session, ['질문 >  (none)']);
  });

  it('asks once more before it says so: the answer may come from another process', async () => {
    const held = holdTurns();
    const session = await startedSession();
    session.send('질문');
    await vi.waitFor(() => expect(held).toHaveLength(1), WAIT);
    held[0]?.disown();
    await vi.waitFor(() => expect(server.requests.at(-1)?.lastEventId).toBe('1.0'), WAIT);
    expect(view(session)).toEqual(['질문 > …']);
    held[0]?.answer('답');
    await eventually(session, ['질문 > 답']);
  });

  it('reads a long conversation portion by portion', async () => {
    const first = await startedSession();
    for (const text of ['하나', '둘', '셋', '넷', '다섯']) first.send(text);
    await vi.waitFor(
      () => expect(first.getState().turns.filter((turn) => turn.answer !== undefined)).toHaveLength(5),
      WAIT,
    );
    server.replayLimit = 2;
    const second = await startedSession();
    expect(second.getState().turns.map((turn) => turn.question)).toEqual(['하나', '둘', '셋', '넷', '다섯']);
  });

  it('forgets on reset, and ignores what the old conversation still says', async () => {
    const held = holdTurns();
    const session = await startedSession();
    session.send('옛 질문');
    await eventually(session, ['옛 질문 > …']);
    expect(await session.reset()).toBe('done');
    expect(view(session)).toEqual([]);
    held[0]?.answer('늦은 답');
    session.send('새 질문');
    await eventually(session, ['새 질문 > …']);
  });

  describe('in two tabs', () => {
    it('shows in one what is asked in the other, while it is answered', async () => {
      const held = holdTurns();
      const [first, second] = await Promise.all([startedSession(), startedSession()]);
      second.send('질문');
      await eventually(first, ['질문 > …']);
      held[0]?.delta('답을 ');
      await eventually(first, ['질문 > 답을 …']);
      held[0]?.answer('답을 드려요');
      for (const session of [first, second]) await eventually(session, ['질문 > 답을 드려요']);
      first.send('또 질문');
      await eventually(second, ['질문 > 답을 드려요', '또 질문 > …']);
    });

    it('forgets in one what is reset in the other, and goes on with what comes then', async () => {
      const unsent: OutgoingMessage = { key: 'a', text: '못 보낸 말', state: 'unsent', afterSequence: 0, writtenAt: 5 };
      storage.setItem('outbox', JSON.stringify([unsent]));
      const [first, second] = await Promise.all([startedSession(), startedSession()]);
      first.send('옛 질문');
      const asked = ['옛 질문 > "옛 질문"에 대한 답입니다.', '못 보낸 말 (unsent)'];
      for (const session of [first, second]) await eventually(session, asked);
      expect(await second.reset()).toBe('done');
      await eventually(first, []);
      second.send('새 질문');
      for (const session of [first, second]) await eventually(session, ['새 질문 > "새 질문"에 대한 답입니다.']);
    });

    it('stops waiting for an answer that the other tab has given up', async () => {
      const held = holdTurns();
      const [first, second] = await Promise.all([startedSession(), startedSession()]);
      first.send('옛 질문');
      for (const session of [first, second]) await eventually(session, ['옛 질문 > …']);
      expect(await second.reset()).toBe('done');
      held[0]?.end();
      await eventually(first, []);
      expect(view(second)).toEqual([]);
    });
  });

  it('keeps the conversation when a reset does not reach the server', async () => {
    const session = await startedSession();
    session.send('질문');
    await eventually(session, ['질문 > "질문"에 대한 답입니다.']);
    await server.goAway();
    expect(await session.reset()).toBe('failed');
    expect(view(session)).toEqual(['질문 > "질문"에 대한 답입니다.']);
  });

  it('sends taps as codes, and resends them as codes', async () => {
    const session = await startedSession();
    server.refusals.push({ status: 429, code: 'INBOUND_RATE_LIMITED', retryAfterSeconds: 1 });
    session.send('이어서 보기', 'malgil:continue:t:1');
    await eventually(session, ['이어서 보기 (unsent)']);
    session.resend(session.getState().outgoing[0]?.key ?? '');
    await vi.waitFor(() => expect(server.turns).toHaveLength(1), WAIT);
    expect(server.turns[0]?.body).toEqual({ tap: 'malgil:continue:t:1', query: '이어서 보기' });
  });

  it('offers unsent messages again after a reload, and drops those that the server knows', async () => {
    const message: OutgoingMessage = { key: 'a', text: '질문', state: 'sending', afterSequence: 0, writtenAt: 5 };
    const first = await startedSession();
    first.send('질문');
    await eventually(first, ['질문 > "질문"에 대한 답입니다.']);
    storage.setItem('outbox', JSON.stringify([message, { ...message, key: 'b', text: '다른 질문' }, 'rubbish', null]));
    const second = await startedSession();
    expect(view(second)).toEqual(['질문 > "질문"에 대한 답입니다.', '다른 질문 (unsent)']);
  });
});

describe('baseOf', () => {
  it.each([
    ['/', ''],
    ['/index.html', ''],
    ['/bots/shop/', '/bots/shop'],
    ['/bots/shop', '/bots/shop'],
    ['/chat/bots/shop/index.html', '/chat/bots/shop'],
  ])('%s -> %j', (pathname, base) => {
    expect(baseOf(pathname)).toBe(base);
  });
});
