/** How agents write what they say, in each dialect. */

export type SimulatedDialect = 'v0.3' | 'v1.0' | 'gov-v1' | 'gov-v2';

export type SimulatedState =
  | 'submitted'
  | 'working'
  | 'input-required'
  | 'auth-required'
  | 'completed'
  | 'failed'
  | 'canceled'
  | 'rejected';

/** A part of any kind, in no dialect. */
export type SimulatedPart =
  | { readonly text: string }
  | { readonly data: unknown }
  | { readonly url: string; readonly name?: string; readonly mediaType?: string }
  | { readonly bytes: string; readonly name?: string; readonly mediaType?: string };

export interface SimulatedTask {
  readonly id: string;
  readonly contextId: string;
  state: SimulatedState;
  status: readonly SimulatedPart[];
  artifacts: { readonly id: string; parts: readonly SimulatedPart[] }[];
}

export const TERMINAL: readonly SimulatedState[] = ['completed', 'failed', 'canceled', 'rejected'];

/** Writers of one dialect: each makes the `result` of a response. */
export interface Wire {
  message(id: string, task: SimulatedTask, parts: readonly SimulatedPart[]): object;
  task(task: SimulatedTask): object;
  /** As `GetTask` and `CancelTask` answer: without the wrapper. */
  bareTask(task: SimulatedTask): object;
  status(task: SimulatedTask): object;
  artifact(
    task: SimulatedTask,
    artifact: { readonly id: string; readonly parts: readonly SimulatedPart[] },
    marks: { readonly append?: boolean; readonly lastChunk?: boolean },
  ): object;
}

export function wireOf(dialect: SimulatedDialect): Wire {
  return dialect === 'v0.3' || dialect === 'gov-v1' ? WIRE_03 : WIRE_10;
}

function part03(part: SimulatedPart): object {
  if ('text' in part) return { kind: 'text', text: part.text };
  if ('data' in part) return { kind: 'data', data: part.data };
  const { name, mediaType } = part;
  const file = 'url' in part ? { uri: part.url } : { bytes: part.bytes };
  return {
    kind: 'file',
    file: { ...file, ...(name !== undefined && { name }), ...(mediaType !== undefined && { mimeType: mediaType }) },
  };
}

function part10(part: SimulatedPart): object {
  if ('text' in part || 'data' in part) return part;
  const { name, mediaType } = part;
  const content = 'url' in part ? { url: part.url } : { raw: part.bytes };
  return { ...content, ...(name !== undefined && { filename: name }), ...(mediaType !== undefined && { mediaType }) };
}

const status03 = ({ id, contextId, state, status }: SimulatedTask) => ({
  state,
  // 0.3 samples show times without a zone.
  timestamp: '2026-11-21T09:00:00.000',
  ...(status.length > 0 && {
    message: { kind: 'message', role: 'agent', messageId: `${id}-s`, contextId, taskId: id, parts: status.map(part03) },
  }),
});

const task03 = (task: SimulatedTask) => ({
  kind: 'task',
  id: task.id,
  contextId: task.contextId,
  status: status03(task),
  artifacts: task.artifacts.map(({ id, parts }) => ({ artifactId: id, parts: parts.map(part03) })),
});

const WIRE_03: Wire = {
  message: (id, { contextId }, parts) => ({
    kind: 'message',
    role: 'agent',
    messageId: id,
    contextId,
    parts: parts.map(part03),
  }),
  task: task03,
  bareTask: task03,
  status: (task) => ({
    kind: 'status-update',
    taskId: task.id,
    contextId: task.contextId,
    status: status03(task),
    final: TERMINAL.includes(task.state) || task.state === 'input-required' || task.state === 'auth-required',
  }),
  artifact: ({ id: taskId, contextId }, { id, parts }, marks) => ({
    kind: 'artifact-update',
    taskId,
    contextId,
    artifact: { artifactId: id, parts: parts.map(part03) },
    ...marks,
  }),
};

const status10 = ({ id, contextId, state, status }: SimulatedTask) => ({
  state: `TASK_STATE_${state.toUpperCase().replaceAll('-', '_')}`,
  timestamp: '2026-11-21T00:00:00.000Z',
  ...(status.length > 0 && {
    message: { role: 'ROLE_AGENT', messageId: `${id}-s`, contextId, taskId: id, parts: status.map(part10) },
  }),
});

const task10 = (task: SimulatedTask) => ({
  id: task.id,
  contextId: task.contextId,
  status: status10(task),
  artifacts: task.artifacts.map(({ id, parts }) => ({ artifactId: id, parts: parts.map(part10) })),
});

const WIRE_10: Wire = {
  message: (id, { contextId }, parts) => ({
    message: { role: 'ROLE_AGENT', messageId: id, contextId, parts: parts.map(part10) },
  }),
  task: (task) => ({ task: task10(task) }),
  bareTask: task10,
  status: (task) => ({ statusUpdate: { taskId: task.id, contextId: task.contextId, status: status10(task) } }),
  artifact: ({ id: taskId, contextId }, { id, parts }, marks) => ({
    artifactUpdate: { taskId, contextId, artifact: { artifactId: id, parts: parts.map(part10) }, ...marks },
  }),
};
