/** One way to ask the models: paths, checks and the shape of answers. What they say is the same in every way. */
import type { AccessOptions } from './access.ts';
import type { Generation } from './frames.ts';
import type { RecordedRequest } from './recorder.ts';
import type { ChatCall } from './rules.ts';

export interface ChatApi {
  serves(path: string): boolean;
  /** Body of the answer to a GET; `undefined` where there is none. */
  lookUp?(path: string): string | undefined;
  /** @throws ApiError `401xx` */
  checkAccess(headers: RecordedRequest['headers'], options: AccessOptions): void;
  wantsStream(request: Pick<RecordedRequest, 'headers' | 'body'>): boolean;
  /** @param tunedTasks the model that each task id was trained from
   *  @throws ApiError */
  readCall(request: RecordedRequest, tunedTasks: Readonly<Record<string, string>>): ChatCall;
  /** Body of a refusal. */
  refusal(code: string, message: string): string;
  /** Body of an answer that comes as a whole. */
  whole(generation: Generation): string;
  stream(): AnswerWriter;
}

/** Writes one streamed answer. */
export interface AnswerWriter {
  /** One string per token: thinking first, then the answer. */
  tokens(generation: Generation): string[];
  error(code: string, message: string): string;
  /** A frame that is no JSON. */
  malformed(): string;
  end(generation: Generation): string;
}
