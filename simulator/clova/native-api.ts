/** Chat Completions v1 and v3 in the service's own words. */
import { checkAccess } from './access.ts';
import { ApiError, errorEnvelope } from './api-error.ts';
import type { ChatApi } from './chat-api.ts';
import { FrameWriter, type Framing, successEnvelope } from './frames.ts';
import type { ApiVersion } from './models.ts';
import { checkModel, checkRequest, checkTask } from './rules.ts';

const PATH =
  /^(?:\/testapp|\/serviceapp)?\/(?:(v1|v3)\/chat-completions\/([^/]+)|(v1|v2|v3)\/tasks\/([^/]+)\/chat-completions)$/;

/** @param frameIdPrefix the first eight hex digits of the ids of frames */
export function createNativeApi(framing: Framing, frameIdPrefix: string): ChatApi {
  return {
    serves: (path) => PATH.test(path),
    checkAccess,
    wantsStream: ({ headers }) => headers.accept?.includes('text/event-stream') === true,
    readCall({ path, body }, tunedTasks) {
      const [, version, modelName = '', taskVersion, taskId = ''] = PATH.exec(path) ?? [];
      if (taskVersion !== undefined) {
        const baseName = tunedTasks[taskId] ?? '';
        return checkRequest(baseName, checkTask(taskVersion, baseName), body);
      }
      if (version === undefined) throw new ApiError('40400', 'Not found');
      return checkRequest(modelName, checkModel(version as ApiVersion, decodeURIComponent(modelName)), body);
    },
    refusal: errorEnvelope,
    whole: successEnvelope,
    stream: () => new FrameWriter(framing, frameIdPrefix),
  };
}
