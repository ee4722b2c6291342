/** Training of own models: tasks that wait, run and end as time passes.
 *  Source: NAVER Cloud API guide, clovastudio-posttask, -gettask, -gettasks, -deletetask (2026-04, 2026-08). */
import { ApiError } from '../api-error.ts';
import { simulatedModel } from '../models.ts';
import { checkNumber, type Json } from '../rules.ts';
import { type ApiEndpoint, type ApiRequest, optionalWholeNumber } from './endpoint.ts';

interface Task {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly trainEpochs: number;
  readonly learningRate: number;
  readonly createdAt: number;
  readonly failureReason: string | null;
}

/** From one status to the next. */
const STEP_MS = 2_000;
const TUNABLE = ['HCX-005', 'HCX-DASH-002', 'HCX-003', 'HCX-DASH-001'];

export function tuningEndpoints(): readonly ApiEndpoint[] {
  const tasks = new Map<string, Task>();
  const find = ({ params: [id = ''] }: ApiRequest): Task => {
    const task = tasks.get(id);
    if (task === undefined) throw new ApiError('40400', 'Not found');
    return task;
  };
  return [
    {
      method: 'POST',
      path: /^\/tuning\/v2\/tasks$/,
      answer: (request) => {
        const task = createTask(request, `t${String(tasks.size + 1).padStart(4, '0')}`);
        tasks.set(task.id, task);
        return { result: describe(task, request.now), tokens: 0 };
      },
    },
    {
      method: 'GET',
      path: /^\/tuning\/v2\/tasks$/,
      answer: ({ query, now }) => {
        const page = readPage(query.get('page') ?? '0', 'page', 0, Number.MAX_SAFE_INTEGER);
        const size = readPage(query.get('size') ?? '20', 'size', 1, 100);
        const newestFirst = [...tasks.values()].reverse();
        const content = newestFirst.slice(page * size, (page + 1) * size);
        return {
          result: {
            // Printed as texts in the published sample.
            totalPages: String(Math.ceil(tasks.size / size)),
            totalElements: String(tasks.size),
            size: String(size),
            number: String(page),
            content: content.map((task) => ({ ...describe(task, now), method: 'LoRA' })),
          },
          tokens: 0,
        };
      },
    },
    {
      method: 'GET',
      path: /^\/tuning\/v2\/tasks\/([^/]+)$/,
      answer: (request) => ({ result: describe(find(request), request.now), tokens: 0 }),
    },
    {
      method: 'DELETE',
      path: /^\/tuning\/v2\/tasks\/([^/]+)$/,
      answer: (request) => {
        tasks.delete(find(request).id);
        return { tokens: 0 };
      },
    },
  ];
}

function createTask({ body, now }: ApiRequest, id: string): Task {
  const { name, model, tuningType } = body;
  if (name !== undefined && typeof name !== 'string') throw ApiError.invalidParameter('name');
  if (typeof model !== 'string') throw ApiError.invalidParameter('model');
  if (simulatedModel(model) === undefined) throw new ApiError('40080', 'Model not found');
  if (!TUNABLE.includes(model)) throw new ApiError('40084', 'API not supported for this model');
  if (tuningType !== undefined && tuningType !== 'PEFT') throw ApiError.invalidParameter('tuningType');
  const trainEpochs = optionalWholeNumber(body, 'trainEpochs', (value) => value >= 1 && value <= 20) ?? 8;
  checkNumber(body, 'learningRate', (value) => value >= 1e-6 && value <= 1);
  checkNumber(body, 'validationSplitRatio', (value) => value >= 0 && value <= 0.1);
  optionalWholeNumber(body, 'loraR', (value) => value >= 2 && value <= 64);
  optionalWholeNumber(body, 'loraAlpha', (value) => value >= 2 && value <= 512);
  const path = readDataset(body);
  return {
    id,
    name: typeof name === 'string' ? name : new Date(now).toISOString(),
    model,
    trainEpochs,
    learningRate: typeof body.learningRate === 'number' ? body.learningRate : 0.0001,
    createdAt: now,
    failureReason: /\.(?:csv|jsonl?)$/i.test(path) ? null : 'file.extension',
  };
}

function readDataset(body: Json): string {
  for (const field of ['FilePath', 'Bucket', 'AccessKey', 'SecretKey']) {
    const value = body[`trainingDataset${field}`];
    if (typeof value !== 'string' || value === '') throw ApiError.invalidParameter(`trainingDataset${field}`);
  }
  return String(body.trainingDatasetFilePath);
}

function readPage(text: string, name: string, min: number, max: number): number {
  if (!/^\d+$/.test(text) || Number(text) < min || Number(text) > max) throw ApiError.invalidParameter(name);
  return Number(text);
}

function describe({ createdAt, failureReason, ...task }: Task, now: number) {
  const steps = Math.floor((now - createdAt) / STEP_MS);
  const ended = failureReason === null ? 'SUCCEEDED' : 'FAILED';
  const status = steps === 0 ? 'WAIT' : steps === 1 && failureReason === null ? 'RUNNING' : ended;
  return {
    ...task,
    taskType: 'GENERATION',
    status,
    statusInfo: {
      currStep: status === 'RUNNING' ? 12 : null,
      totalTrainSteps: status === 'RUNNING' ? 48 : null,
      currEpoch: status === 'RUNNING' ? 1 : null,
      totalTrainEpochs: status === 'RUNNING' ? task.trainEpochs : null,
      failureReason: status === 'FAILED' ? failureReason : null,
      message: null,
    },
    createdClientType: 'API',
    createdDate: seoulTime(createdAt),
    updatedDate: seoulTime(createdAt + Math.min(steps, 2) * STEP_MS),
  };
}

/** `2026-11-20T10:00:00+0900`: the offset has no colon. */
function seoulTime(at: number): string {
  return `${new Date(at + 9 * 3_600_000).toISOString().slice(0, 19)}+0900`;
}
