/** What agents say, whatever dialect they say it in: one reader for Message, Task and both updates, wrapped (1.0) or bare with a `kind`
 *  (0.3), or neither (GOV). Unknown members are ignored; what is missing or of another type is as if it were not there. */

export const TASK_STATES = [
  'submitted',
  'working',
  'input-required',
  'auth-required',
  'completed',
  'failed',
  'canceled',
  'rejected',
  'unknown',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** The agent will do no more without the customer. */
export function isAtRest(state: TaskState): boolean {
  return state !== 'submitted' && state !== 'working' && state !== 'unknown';
}

export interface AgentFile {
  readonly name?: string;
  readonly mediaType?: string;
  /** Absent: the bytes came inside, and nobody serves them. */
  readonly url?: string;
}

/** The parts of a message or an artifact. */
export interface Content {
  readonly text: string;
  readonly files: readonly AgentFile[];
  readonly data: readonly unknown[];
}

interface EventIds {
  readonly taskId?: string;
  readonly contextId?: string;
}

export type AgentEvent = EventIds &
  (
    | { readonly type: 'message'; readonly content: Content }
    | {
        readonly type: 'task';
        readonly state: TaskState;
        readonly status: Content;
        readonly artifacts: readonly { readonly id: string; readonly content: Content }[];
        /** The newest words of the agent in its history: the last resort. */
        readonly lastWords: Content;
      }
    | { readonly type: 'status'; readonly state: TaskState; readonly status: Content; readonly isFinal: boolean }
    | {
        readonly type: 'artifact';
        readonly id: string;
        readonly content: Content;
        /** Otherwise it takes the place of what had this id. */
        readonly appends: boolean;
        readonly isLast: boolean;
      }
  );

type Fields = Readonly<Record<string, unknown>>;

export const NO_CONTENT: Content = { text: '', files: [], data: [] };

/** The `result` of a response; `undefined` when it is none of the four. Wrappers are looked at before kinds, and tasks before messages:
 *  a task has no parts. */
export function readAgentEvent(result: unknown): AgentEvent | undefined {
  const fields = objectOf(result);
  if (fields === undefined) return undefined;
  const { kind } = fields;
  const status = objectOf(fields.statusUpdate) ?? (kind === 'status-update' ? fields : undefined);
  if (status !== undefined) return readStatusUpdate(status);
  const artifact = objectOf(fields.artifactUpdate) ?? (kind === 'artifact-update' ? fields : undefined);
  if (artifact !== undefined) return readArtifactUpdate(artifact);
  const isTask = kind === 'task' || (objectOf(fields.status) !== undefined && typeof fields.id === 'string');
  const task = objectOf(fields.task) ?? (isTask ? fields : undefined);
  if (task !== undefined) return readTask(task);
  const message = objectOf(fields.message) ?? (Array.isArray(fields.parts) ? fields : undefined);
  if (message === undefined) return undefined;
  return { type: 'message', content: readParts(message.parts), ...readIds({ ...fields, ...message }) };
}

function readStatusUpdate(update: Fields): AgentEvent {
  const { state, content } = readStatus(update.status);
  return { type: 'status', state, status: content, isFinal: update.final === true, ...readIds(update) };
}

function readArtifactUpdate(update: Fields): AgentEvent {
  const artifact = objectOf(update.artifact);
  return {
    type: 'artifact',
    id: textOf(artifact?.artifactId) ?? '',
    content: readParts(artifact?.parts),
    appends: update.append === true,
    isLast: update.lastChunk === true,
    ...readIds(update),
  };
}

function readTask(task: Fields): AgentEvent {
  const { state, content } = readStatus(task.status);
  const contextId = textOf(task.contextId);
  const taskId = textOf(task.id);
  return {
    type: 'task',
    state,
    status: content,
    artifacts: listOf(task.artifacts).map((artifact, index) => ({
      id: textOf(objectOf(artifact)?.artifactId) ?? String(index),
      content: readParts(objectOf(artifact)?.parts),
    })),
    lastWords: readParts(
      listOf(task.history)
        .map(objectOf)
        .findLast((message) => message?.role === 'agent' || message?.role === 'ROLE_AGENT')?.parts,
    ),
    ...(taskId !== undefined && { taskId }),
    ...(contextId !== undefined && { contextId }),
  };
}

/** The message of a status may be the customer's own, repeated. */
function readStatus(value: unknown): { readonly state: TaskState; readonly content: Content } {
  const status = objectOf(value);
  const message = objectOf(status?.message);
  const isOurs = message?.role === 'user' || message?.role === 'ROLE_USER';
  return { state: readState(status?.state), content: isOurs ? NO_CONTENT : readParts(message?.parts) };
}

/** `input-required`, or `TASK_STATE_INPUT_REQUIRED`. */
function readState(value: unknown): TaskState {
  const name = String(value)
    .replace(/^TASK_STATE_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
  return TASK_STATES.find((state) => state === name) ?? 'unknown';
}

/** The kind of a part is ignored on purpose: its name differs between versions, and GOV leaves it out. */
function readParts(value: unknown): Content {
  const parts = listOf(value)
    .map(objectOf)
    .filter((part) => part !== undefined);
  return {
    text: parts.map((part) => textOf(part.text) ?? '').join(''),
    files: parts.map(readFile).filter((file) => file !== undefined),
    data: parts.filter((part) => part.data !== undefined && part.data !== null).map((part) => part.data),
  };
}

/** 0.3: `{file: {bytes | uri, name?, mimeType?}}`; 1.0: `{raw | url, filename?, mediaType?}`. */
function readFile(part: Fields): AgentFile | undefined {
  const file = objectOf(part.file);
  const url = textOf(file?.uri) ?? textOf(part.url);
  if (url === undefined && textOf(file?.bytes) === undefined && textOf(part.raw) === undefined) return undefined;
  const name = textOf(file?.name) ?? textOf(part.filename);
  const mediaType = textOf(file?.mimeType) ?? textOf(part.mediaType);
  return {
    ...(name !== undefined && { name }),
    ...(mediaType !== undefined && { mediaType }),
    ...(url !== undefined && { url }),
  };
}

function readIds(fields: Fields): EventIds {
  const taskId = textOf(fields.taskId);
  const contextId = textOf(fields.contextId);
  return { ...(taskId !== undefined && { taskId }), ...(contextId !== undefined && { contextId }) };
}

export function objectOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Empty ids and addresses are none; protobuf writes them where nothing is set. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
