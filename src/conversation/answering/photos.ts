/** Photos of customers on their way to an engine that can see. */
import type { Engine, EngineImage, ImageLimits } from '../../engine/engine.ts';
import type { FetchedImage, ImageProblem } from '../../images/image-source.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Bot } from '../bot.ts';
import { enginesNow } from './cost-limit.ts';

export type PhotoProblem =
  | ImageProblem
  | 'cannot-see' // no engine, or the operator does not want it
  | 'lost' // its address went with the process that had it
  | 'no-answer'; // the engines that can see failed

/** The engines of the chain that a photo may go to, in their order. The operator's own wording looks at nothing. */
export function seeingEngines(bot: Bot): readonly Engine[] {
  return bot.photos === undefined ? [] : enginesNow(bot).filter((engine) => engine.seesImages !== undefined);
}

export interface FetchedPhotos {
  readonly images: readonly EngineImage[];
  /** Why there is none. */
  readonly problem: PhotoProblem;
}

/** Fetches what every engine takes that can see, since any of them may have to answer. An address is never logged: it opens the photo to
 *  whoever has it. */
export async function fetchPhotos(
  bot: Bot,
  turnId: string,
  addresses: readonly string[],
  signal: AbortSignal,
  logger: Logger,
): Promise<FetchedPhotos> {
  const limits = strictestOf(seeingEngines(bot).flatMap(({ seesImages }) => seesImages ?? []));
  const source = bot.photos;
  if (limits === undefined || source === undefined) return { images: [], problem: 'cannot-see' };
  const chosen = addresses.slice(0, limits.maxCount);
  const maxSizeBytes = Math.min(limits.maxSizeBytes, Math.floor(limits.maxTotalBytes / Math.max(1, chosen.length)));
  const fetched = await Promise.all(
    chosen.map((address) => source.fetchImage(address, { ...limits, maxSizeBytes }, signal)),
  );
  const refused = fetched.filter((one) => one.kind === 'refused');
  for (const { problem, host } of refused) {
    logger.warn(
      { turn: turnId, bot: bot.id, problem, ...(host === undefined ? {} : { host }) },
      'a photo was not fetched',
    );
  }
  return { images: fetched.flatMap(imageOf), problem: refused[0]?.problem ?? 'lost' };
}

function strictestOf(all: readonly ImageLimits[]): ImageLimits | undefined {
  const [first, ...others] = all;
  return others.reduce<ImageLimits | undefined>(
    (strictest, other) =>
      strictest && {
        mediaTypes: strictest.mediaTypes.filter((mediaType) => other.mediaTypes.includes(mediaType)),
        maxCount: Math.min(strictest.maxCount, other.maxCount),
        maxSizeBytes: Math.min(strictest.maxSizeBytes, other.maxSizeBytes),
        maxTotalBytes: Math.min(strictest.maxTotalBytes, other.maxTotalBytes),
        maxLongEdgePx: Math.min(strictest.maxLongEdgePx, other.maxLongEdgePx),
        minShortEdgePx: Math.max(strictest.minShortEdgePx, other.minShortEdgePx),
        maxAspectRatio: Math.min(strictest.maxAspectRatio, other.maxAspectRatio),
      },
    first,
  );
}

function imageOf(fetched: FetchedImage): readonly EngineImage[] {
  return fetched.kind === 'image' ? [fetched.image] : [];
}
