/** Tuning: models trained on one's own examples. */
import type { Command } from 'commander';
import {
  createTuningTask,
  deleteTuningTask,
  getTuningTask,
  isTuningOver,
  listTuningTasks,
  type TuningTask,
} from '../../engine/clova/apis/tuning.ts';
import { present } from '../../http-client/answer-fields.ts';
import { delay } from '../../platform/clock.ts';
import type { Perform } from '../command.ts';
import { withExamples } from '../examples.ts';
import { anyNumber, positiveNumber, wholeNumber } from '../option-values.ts';
import type { Session } from '../session.ts';
import { WrongUse } from '../wrong-use.ts';

interface CreateFlags {
  readonly model: string;
  readonly bucket: string;
  readonly path: string;
  readonly name?: string;
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly validationSplit?: number;
  readonly loraR?: number;
  readonly loraAlpha?: number;
}

const STATUS: Readonly<Record<string, string>> = {
  WAIT: '대기',
  RUNNING: '학습 중',
  SUCCEEDED: '완료',
  FAILED: '실패',
};

export function addTasks(program: Command, perform: Perform): void {
  const tasks = program
    .command('tasks')
    .summary('모델을 튜닝합니다 (학습)')
    .description('튜닝 작업을 만들고, 보고, 기다리고, 지웁니다.');

  const list = tasks
    .command('list')
    .description('작업 목록을 새것부터 보여 줍니다.')
    .option('--page <번호>', '0부터', wholeNumber, 0)
    .option('--size <개>', '한 쪽에 담을 수 (100까지)', wholeNumber, 20)
    .action((flags: { readonly page: number; readonly size: number }) =>
      perform(list, async (session) => {
        session.print(await listTuningTasks(session.studio(), flags, session.call()), (page) =>
          [
            ...page.tasks.map(describe),
            `${page.totalTasks}개 · ${page.page + 1} / ${Math.max(1, page.totalPages)}쪽`,
          ].join('\n'),
        );
      }),
    );
  withExamples(list, ['tasks list --size 100', '백 개까지 봅니다']);

  const get = tasks
    .command('get <작업ID>')
    .description('작업 하나를 보여 줍니다.')
    .action((id: string) =>
      perform(get, async (session) =>
        session.print(await getTuningTask(session.studio(), id, session.call()), describe),
      ),
    );
  withExamples(get, ['tasks get t9x2k', '작업의 상태를 봅니다']);

  const create = tasks
    .command('create')
    .description(
      '작업을 만듭니다. 학습 데이터는 Object Storage에 있는 CSV나 JSONL(UTF-8 BOM, 열 System_Prompt, C_ID, T_ID, Text, Completion)이고, ' +
        '그 키는 OBJECT_STORAGE_ACCESS_KEY와 OBJECT_STORAGE_SECRET_KEY에 적습니다.',
    )
    .requiredOption('--model <이름>', '바탕이 되는 모델')
    .requiredOption('--bucket <이름>', '버킷')
    .requiredOption('--path <경로>', '버킷 안의 파일')
    .option('--name <이름>', '작업 이름')
    .option('--epochs <회>', '1부터 20까지', wholeNumber)
    .option('--learning-rate <수>', '학습률', anyNumber)
    .option('--validation-split <비율>', '검증에 쓸 비율 (0.1까지)', anyNumber)
    .option('--lora-r <수>', '2부터 64까지', wholeNumber)
    .option('--lora-alpha <수>', '2부터 512까지', wholeNumber)
    .action((flags: CreateFlags) => perform(create, (session) => createTask(session, flags)));
  withExamples(create, [
    'tasks create --model HCX-005 --bucket my-bucket --path train/faq.csv --epochs 4',
    '작업을 만듭니다',
  ]);

  const wait = tasks
    .command('wait <작업ID>')
    .description(
      '작업이 끝날 때까지 기다립니다. 몇 시간이 걸릴 수 있으며, Ctrl+C로 그만두어도 작업은 계속됩니다. 학습에 실패하면 종료 코드는 1입니다.',
    )
    .option('--every-seconds <초>', '상태를 묻는 간격', positiveNumber, 30)
    .action((id: string, flags: { readonly everySeconds: number }) =>
      perform(wait, async (session) => {
        const task = await waitForTask(session, id, flags.everySeconds * 1_000);
        session.print(task, describe);
        session.succeeded = task.status === 'SUCCEEDED';
      }),
    );
  withExamples(wait, [
    'tasks wait t9x2k && npm run clova -- chat --model ft:t9x2k "안녕"',
    '끝나면 그 모델에게 묻습니다',
  ]);

  const remove = tasks
    .command('delete <작업ID>')
    .description('작업과 그 모델을 지웁니다. 되돌릴 수 없습니다.')
    .option('--yes', '정말 지웁니다')
    .action((id: string, flags: { readonly yes?: boolean }) =>
      perform(remove, async (session) => {
        if (flags.yes !== true) throw new WrongUse(`되돌릴 수 없습니다. 정말 지우려면 --yes를 붙여 주세요: ${id}`);
        await deleteTuningTask(session.studio(), id, session.call());
        session.print({ deleted: id }, () => `지웠습니다: ${id}`);
      }),
    );
  withExamples(remove, ['tasks delete t9x2k --yes', '지웁니다']);
}

async function createTask(session: Session, flags: CreateFlags): Promise<void> {
  const { objectStorageAccessKey: accessKey, objectStorageSecretKey: secretKey } = session.settings;
  if (accessKey === undefined || secretKey === undefined) {
    throw new WrongUse('OBJECT_STORAGE_ACCESS_KEY와 OBJECT_STORAGE_SECRET_KEY를 환경 변수나 .env 파일에 적어 주세요.');
  }
  const task = {
    model: session.model(flags.model),
    dataset: { filePath: flags.path, bucket: flags.bucket, accessKey, secretKey },
    ...present('name', flags.name),
    ...present('epochs', flags.epochs),
    ...present('learningRate', flags.learningRate),
    ...present('validationSplitRatio', flags.validationSplit),
    ...present('loraR', flags.loraR),
    ...present('loraAlpha', flags.loraAlpha),
  };
  session.print(await createTuningTask(session.studio(), task, session.call()), describe);
}

async function waitForTask(session: Session, id: string, everyMs: number): Promise<TuningTask> {
  const api = session.studio();
  const { clock, signal } = session.terminal;
  for (;;) {
    const task = await getTuningTask(api, id, session.call());
    if (isTuningOver(task)) return task;
    session.progress(describe(task));
    await delay(clock, everyMs, signal);
  }
}

function describe({ id, name, model, status, progress, failureReason }: TuningTask): string {
  const notes = [
    ...(progress === undefined ? [] : [`${Math.floor((progress.step / Math.max(progress.totalSteps, 1)) * 100)}%`]),
    ...(failureReason === undefined ? [] : [failureReason]),
    ...(status === 'SUCCEEDED' ? [`모델 이름 ft:${id}`] : []),
  ];
  return `${id}  ${STATUS[status] ?? status}  ${model}  ${name}${notes.length === 0 ? '' : `  (${notes.join(', ')})`}`;
}
