import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram } from './program-process.ts';

let takenPort = '';
const holder = createServer();
beforeEach(async () => {
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  takenPort = typeof address === 'object' ? String(address?.port) : '';
});
afterEach(() => new Promise((resolve) => holder.close(resolve)));

const SKILL = ['--skill-url', 'http://127.0.0.1:9/query/KAKAO'];
const WEBHOOK = ['--webhook-url', 'http://127.0.0.1:9/query/NAVER'];
/** Every program that listens, with what it must be told besides. */
const LISTENING: readonly (readonly [program: string, portSwitch: string, args: readonly string[]])[] = [
  ['clova', '--port', []],
  ['kakao', '--port', SKILL],
  ['talktalk', '--port', WEBHOOK],
  ['gov', '--port', []],
  ['clova-chatbot', '--port', []],
  ['a2a', '--port', []],
  ['socket', '--port', []],
  ['order-tool', '--port', []],
  ['main', '--kakao-port', ['kakao', '안녕']],
  ['main', '--talktalk-port', ['talktalk', '안녕']],
];

async function refusal(program: string, args: readonly string[]): Promise<string> {
  const { code, errors, output } = await startProgram(program, args).finished;
  expect({ code, output }).toEqual({ code: 1, output: '' });
  expect(errors).not.toMatch(/^\s+at /m);
  return errors;
}

describe('the switches of the simulators', () => {
  it.each(LISTENING)('%s: %s of somebody else is said in one line', async (program, portSwitch, args) => {
    const errors = await refusal(program, [...args, portSwitch, takenPort]);
    expect(errors).toBe(`${takenPort}번 포트를 열지 못했습니다. 다른 프로그램이 쓰고 있습니다 (EADDRINUSE)\n`);
  });

  it.each(LISTENING)('%s: %s takes numbers of ports alone', async (program, portSwitch, args) => {
    const wrong = await Promise.all(
      ['65536', 'abc'].map((port) => refusal(program, [...args, `${portSwitch}=${port}`])),
    );
    for (const errors of wrong) expect(errors).toContain('0부터 65535까지의 포트 번호를 입력해 주세요.');
  });

  it.each([
    ['main', '--clova-latency-ms', '0 이상의 정수를'],
    ['main', '--wait-ms', '0 이상의 정수를'],
    ['main', '--gateway', 'http:// 또는 https://로 시작하는 주소를'],
    ['kakao', '--skill-url', 'http:// 또는 https://로 시작하는 주소를'],
    ['talktalk', '--webhook-url', 'http:// 또는 https://로 시작하는 주소를'],
  ])('%s refuses %s abc', async (program, name, wanted) => {
    expect(await refusal(program, [name, 'abc', ...(program === 'main' ? ['kakao', '안녕'] : ['안녕'])])).toContain(
      wanted,
    );
  });
});
