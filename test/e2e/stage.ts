import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { GatedModel } from './gated-model.ts';

const AUTHORIZATION = 'talktalk-e2e-key';

/** A gateway for one test alone, which may kill it: between both platforms and a model. */
export interface Stage {
  readonly gateway: GatewayProcess;
  /** What it was started with, to start another one beside it. */
  readonly env: Readonly<Record<string, string>>;
  readonly model: GatedModel;
  /** Offers a callback only where a call asks for one. */
  readonly kakao: KakaoSimulator;
  readonly talktalk: TalkTalkSimulator;
  end(): Promise<void>;
}

export async function openStage(more: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const model = new GatedModel();
  const kakao = createKakaoSimulator({ seed: 'stage', callback: false });
  const talktalk = createTalkTalkSimulator({
    seed: 'stage',
    authorization: AUTHORIZATION,
    // A gateway that is down fails deliveries; here that is no reason to stop calling it.
    unconfirmed: { suspendAfterFailures: 1_000 },
  });
  const [sendApi, callbacks] = await Promise.all([talktalk.start(), kakao.start(), model.start()]);
  const env = {
    ...model.env,
    KAKAO_CALLBACK_ORIGINS: callbacks.url,
    NAVER_BASE_URL: sendApi.url,
    NAVER_AUTHORIZATION: AUTHORIZATION,
    NAVER_SENDS_PER_SECOND: '1000',
    RATE_LIMIT_PER_CONVERSATION: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
    ...more,
  };
  const gateway = await GatewayProcess.start(env);
  kakao.skillUrl = `${gateway.url}/query/KAKAO`;
  talktalk.webhookUrl = `${gateway.url}/query/NAVER`;
  return {
    gateway,
    env,
    model,
    kakao,
    talktalk,
    end: async () => {
      await Promise.all([kakao.close(), talktalk.close(), model.close(), gateway.stop()]);
    },
  };
}
