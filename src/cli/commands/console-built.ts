/** Commands for what is built in the console: router and skillset. */
import type { Command } from 'commander';
import { type RouterVerdict, route } from '../../engine/clova/apis/router.ts';
import { answerBySkillset, type SkillProgress } from '../../engine/clova/apis/skillset.ts';
import { fieldsOf } from '../../http-client/answer-fields.ts';
import { type Perform, type TextFlags, takesText, textFrom } from '../command.ts';
import { withExamples } from '../examples.ts';
import { readJsonFile } from '../input.ts';
import { collected, wholeNumber } from '../option-values.ts';

interface RouterFlags extends TextFlags {
  readonly router: string;
  readonly routerVersion: number;
  readonly earlier?: readonly string[];
}

interface SkillsetFlags extends TextFlags {
  readonly skillset: string;
  readonly skillsetVersion: number;
  readonly override?: string;
  readonly stream: boolean;
}

export function addConsoleBuiltCommands(program: Command, perform: Perform): void {
  const router = takesText(program.command('router'), '고객의 말')
    .summary('무엇에 대한 말인지, 답해도 되는지 가립니다 (라우터)')
    .description('콘솔에서 만든 라우터로 도메인과 필터를 확인합니다.')
    .requiredOption('--router <ID>', '라우터 ID')
    .option('--router-version <번호>', '라우터 버전', wholeNumber, 1)
    .option('--earlier <글>', '고객이 앞서 한 말. 여러 번 적을 수 있습니다', collected)
    .action((words: string[], flags: RouterFlags) =>
      perform(router, async (session) => {
        const query = await textFrom(session, words, flags);
        const { router: routerId, routerVersion: version, earlier = [] } = flags;
        const request = { routerId, version, query, earlierQuestions: earlier };
        session.print(await route(session.studio(), request, session.call()), describeVerdict);
      }),
    );
  withExamples(router, [
    'router --router abc123 --router-version 2 "경쟁사가 더 싸지 않아?"',
    '버전 2의 라우터로 확인합니다',
  ]);

  const skillset = takesText(program.command('skillset'), '질문')
    .summary('등록한 API를 불러 답합니다 (스킬셋)')
    .description('콘솔에서 만든 스킬셋이 등록된 API를 불러 답합니다. 부른 API의 주소와 내용은 --json에만 나옵니다.')
    .requiredOption('--skillset <ID>', '스킬셋 ID')
    .option('--skillset-version <번호>', '스킬셋 버전', wholeNumber, 1)
    .option('--override <파일>', '모든 API 호출에 더할 값. {"header": {}, "query": {}, "requestBody": {}} 모양의 JSON')
    .option('--no-stream', '다 된 뒤 한 번에 받습니다')
    .action((words: string[], flags: SkillsetFlags) =>
      perform(skillset, async (session) => {
        const query = await textFrom(session, words, flags);
        const { override, stream } = flags;
        const request = {
          skillsetId: flags.skillset,
          version: flags.skillsetVersion,
          query,
          ...(override !== undefined && { override: { all: fieldsOf(readJsonFile(session.terminal, override)) } }),
          ...(stream && { onProgress: (progress: SkillProgress) => session.progress(describeProgress(progress)) }),
        };
        session.print(await answerBySkillset(session.studio(), request, session.call()), ({ text, calls }) => {
          const used = calls.map(({ name, operationId }) => name || operationId).join(', ');
          return `${text === '' ? '답을 얻지 못했습니다.' : text}${used === '' ? '' : `\n[사용한 API: ${used}]`}`;
        });
      }),
    );
  withExamples(skillset, ['skillset --skillset abc123 "12번 대여소에 자전거 남았어?"', '등록한 API를 불러 답합니다']);
}

function describeVerdict({ domain, blockedBy, unsafe }: RouterVerdict): string {
  return [
    `도메인: ${domain === '' ? '(맞는 것 없음)' : domain}`,
    `걸린 필터: ${blockedBy.length === 0 ? '없음' : blockedBy.join(', ')}`,
    `안전하지 않은 내용: ${unsafe.length === 0 ? '없음' : unsafe.join(', ')}`,
  ].join('\n');
}

function describeProgress(progress: SkillProgress): string {
  switch (progress.type) {
    case 'planned':
      return `고른 스킬: ${progress.skills.join(', ')}`;
    case 'called':
      return 'API를 불렀습니다';
    case 'text':
      return '답을 쓰고 있습니다';
  }
}
