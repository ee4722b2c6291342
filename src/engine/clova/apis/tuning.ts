/** Models trained on one's own examples. A task may wait for hours; its id, behind `ft:`, is the name of the model that comes of it.
 *  Source: NAVER Cloud API guide, clovastudio-posttask, -gettask, -gettasks, -deletetask (2026-04, 2026-08). */

import { type Fields, fieldsOf, numberOf, present, textOf } from '../../../http-client/answer-fields.ts';
import type { AnswerCall } from '../../../http-client/attempts.ts';
import type { EpochMs } from '../../../message.ts';
import type { ClovaApi } from './api.ts';
import { checkWhole, pathPart, refuseInput, requireList, requireNumber, requireText } from './field-rules.ts';

/** A file in Object Storage: CSV or JSONL in UTF-8 with BOM, columns System_Prompt, C_ID, T_ID, Text, Completion in this order. */
export interface TrainingDataset {
  /** Inside the bucket. */
  readonly filePath: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface NewTuningTask {
  readonly model: string;
  readonly dataset: TrainingDataset;
  readonly name?: string;
  /** 1..20, default 8. */
  readonly epochs?: number;
  /** 0.000001..1, default 0.0001. */
  readonly learningRate?: number;
  /** 0..0.1, default 0. */
  readonly validationSplitRatio?: number;
  /** 2..64, default 8. */
  readonly loraR?: number;
  /** 2..512, default 64. */
  readonly loraAlpha?: number;
}

export interface TuningTask {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  /** `WAIT`, `RUNNING`, `SUCCEEDED`, `FAILED`; others may come. */
  readonly status: string;
  readonly progress?: TuningProgress;
  /** `file.encoding`, `resource.timeout` and the like. */
  readonly failureReason?: string;
  readonly createdAt?: EpochMs;
  readonly updatedAt?: EpochMs;
}

export interface TuningProgress {
  readonly step: number;
  readonly totalSteps: number;
}

export interface TuningTaskPage {
  readonly tasks: readonly TuningTask[];
  /** From 0. */
  readonly page: number;
  readonly totalPages: number;
  readonly totalTasks: number;
}

const TASKS = '/tuning/v2/tasks';
const MAX_PAGE_SIZE = 100;

export function isTuningOver({ status }: TuningTask): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** Never tried twice: a second call would train a second model. */
export function createTuningTask(api: ClovaApi, task: NewTuningTask, call: AnswerCall): Promise<TuningTask> {
  const { model, dataset, name, epochs, learningRate, validationSplitRatio, loraR, loraAlpha } = task;
  checkWhole('trainEpochs', epochs, 1, 20);
  checkRange('learningRate', learningRate, 1e-6, 1);
  checkRange('validationSplitRatio', validationSplitRatio, 0, 0.1);
  checkWhole('loraR', loraR, 2, 64);
  checkWhole('loraAlpha', loraAlpha, 2, 512);
  if (Object.values(dataset).includes('')) {
    refuseInput('trainingDatasetFilePath', 'a path with its bucket and the keys of Object Storage');
  }
  return api.send(
    {
      method: 'POST',
      path: TASKS,
      body: {
        model,
        tuningType: 'PEFT',
        ...present('name', name),
        ...present('trainEpochs', epochs),
        ...present('learningRate', learningRate),
        ...present('validationSplitRatio', validationSplitRatio),
        ...present('loraR', loraR),
        ...present('loraAlpha', loraAlpha),
        trainingDatasetFilePath: dataset.filePath,
        trainingDatasetBucket: dataset.bucket,
        trainingDatasetAccessKey: dataset.accessKey,
        trainingDatasetSecretKey: dataset.secretKey,
      },
      read: readTask,
      onlyOnce: true,
    },
    call,
  );
}

export function getTuningTask(api: ClovaApi, taskId: string, call: AnswerCall): Promise<TuningTask> {
  return api.send({ method: 'GET', path: taskPath(taskId), read: readTask }, call);
}

/** `size`: 1..100, default 20. */
export function listTuningTasks(
  api: ClovaApi,
  { page = 0, size = 20 }: { readonly page?: number; readonly size?: number },
  call: AnswerCall,
): Promise<TuningTaskPage> {
  checkWhole('page', page, 0, Number.MAX_SAFE_INTEGER);
  checkWhole('size', size, 1, MAX_PAGE_SIZE);
  return api.send(
    {
      method: 'GET',
      path: `${TASKS}?page=${page}&size=${size}`,
      read: (result) => ({
        tasks: requireList(result, 'content').map((task) => readTask(fieldsOf(task))),
        page: numberOf(result.number) ?? page,
        totalPages: requireNumber(result, 'totalPages'),
        totalTasks: requireNumber(result, 'totalElements'),
      }),
    },
    call,
  );
}

export function deleteTuningTask(api: ClovaApi, taskId: string, call: AnswerCall): Promise<void> {
  return api.send({ method: 'DELETE', path: taskPath(taskId), read: () => undefined }, call);
}

function taskPath(taskId: string): string {
  return `${TASKS}/${pathPart('taskId', taskId)}`;
}

function checkRange(parameter: string, value: number | undefined, min: number, max: number): void {
  if (value !== undefined && !(value >= min && value <= max)) refuseInput(parameter, `a number from ${min} to ${max}`);
}

function readTask(fields: Fields): TuningTask {
  // The page calls it a list; it is an object whose fields may all be null.
  const info = fieldsOf(fields.statusInfo);
  const step = numberOf(info.currStep);
  const totalSteps = numberOf(info.totalTrainSteps);
  return {
    id: requireText(fields, 'id'),
    name: textOf(fields.name) ?? '',
    model: textOf(fields.model) ?? '',
    status: requireText(fields, 'status'),
    ...(step !== undefined && totalSteps !== undefined && { progress: { step, totalSteps } }),
    ...present('failureReason', textOf(info.failureReason)),
    ...present('createdAt', timeOf(fields.createdDate)),
    ...present('updatedAt', timeOf(fields.updatedDate)),
  };
}

/** `2023-08-21T13:07:06+0900`: the offset has no colon, which not every parser forgives. */
function timeOf(value: unknown): EpochMs | undefined {
  const at = Date.parse((textOf(value) ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? undefined : at;
}
