import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { GatedModel } from './gated-model.ts';

const AUTHORIZATION = 'talktalk-e2e-key';

/** What stands around a gateway: both platforms, and a model. */
export interface Platforms {
  readonly model: GatedModel;
  /** Offers a callback only where a call asks for one. */
  readonly kakao: KakaoSimulator;
  readonly talktalk: TalkTalkSimulator;
  /** Settings of a gateway between them, without limits of its own. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the platforms call it. */
  connect(gatewayUrl: string): void;
  close(): Promise<void>;
}

export async function openPlatforms(seed: string): Promise<Platforms> {
  const model = new GatedModel();
  const kakao = createKakaoSimulator({ seed, callback: false });
  const talktalk = createTalkTalkSimulator({
    seed,
    authorization: AUTHORIZATION,
    // A gateway that is down fails deliveries; here that is no reason to stop calling it.
    unconfirmed: { suspendAfterFailures: Number.MAX_SAFE_INTEGER },
  });
  const [sendApi, callbacks] = await Promise.all([talktalk.start(), kakao.start(), model.start()]);
  return {
    model,
    kakao,
    talktalk,
    env: {
      ...model.env,
      KAKAO_CALLBACK_ORIGINS: callbacks.url,
      NAVER_BASE_URL: sendApi.url,
      NAVER_AUTHORIZATION: AUTHORIZATION,
      NAVER_SENDS_PER_SECOND: '1000',
      RATE_LIMIT_PER_CONVERSATION: '0',
      RATE_LIMIT_PER_ADDRESS: '0',
    },
    connect(gatewayUrl) {
      kakao.skillUrl = `${gatewayUrl}/query/KAKAO`;
      talktalk.webhookUrl = `${gatewayUrl}/query/NAVER`;
    },
    async close() {
      await Promise.all([kakao.close(), talktalk.close(), model.close()]);
    },
  };
}
