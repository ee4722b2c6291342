import type { FastifyReply } from 'fastify';

/** Tells once what became of the response: the last byte went to the operating system, or the caller had gone before. */
export function whenFlushed(reply: FastifyReply, tell: (written: boolean) => void): void {
  const response = reply.raw;
  // A caller who hung up while we worked: `close` has been emitted already and will not come again.
  if (response.destroyed) tell(false);
  else response.once('close', () => tell(response.writableFinished));
}
