import type { Command } from 'commander';

const REASON_BY_CODE: Readonly<Record<string, string>> = {
  EADDRINUSE: '다른 프로그램이 쓰고 있습니다',
  EACCES: '이 포트를 열 권한이 없습니다',
  EADDRNOTAVAIL: '이 컴퓨터의 주소가 아닙니다',
  ENOTFOUND: '없는 주소입니다',
};

/** What `start` resolves with. Where it cannot listen on the port that was asked for, the program says so in one line and ends with 1. */
export async function startOnPort<Started>(
  command: Command,
  port: number,
  start: () => Promise<Started>,
): Promise<Started> {
  try {
    return await start();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === undefined) throw thrown;
    const reason = REASON_BY_CODE[code];
    return command.error(`${port}번 포트를 열지 못했습니다${reason === undefined ? '' : `. ${reason}`} (${code})`);
  }
}
