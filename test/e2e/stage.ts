import { GatewayProcess } from '../helpers/gateway-process.ts';
import { openPlatforms, type Platforms } from './platforms.ts';

/** A gateway for one test alone, which may kill it: between both platforms and a model. */
export interface Stage extends Pick<Platforms, 'model' | 'kakao' | 'talktalk'> {
  readonly gateway: GatewayProcess;
  /** What it was started with, to start another one beside it. */
  readonly env: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

export async function openStage(more: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const platforms = await openPlatforms('stage');
  const { model, kakao, talktalk } = platforms;
  const env = { ...platforms.env, ...more };
  const gateway = await GatewayProcess.start(env);
  platforms.connect(gateway.url);
  return {
    gateway,
    env,
    model,
    kakao,
    talktalk,
    end: async () => {
      await Promise.all([platforms.close(), gateway.stop()]);
    },
  };
}
