/** Two gateways on a PostgreSQL server of their own, behind a proxy, between both platforms and a model. */
import { createKakaoSimulator, type KakaoSimulator } from '../../simulator/kakao.ts';
import { createTalkTalkSimulator, type TalkTalkSimulator } from '../../simulator/talktalk.ts';
import { GatedModel } from '../../test/e2e/gated-model.ts';
import { GatewayProcess } from '../../test/helpers/gateway-process.ts';
import { startOwnServer } from '../../test/helpers/postgres.ts';
import type { PostgresServer } from '../../test/helpers/postgres-server.ts';
import { startProxy } from './proxy.ts';

const AUTHORIZATION = 'talktalk-bench-key';

export interface House {
  readonly database: PostgresServer;
  readonly gateways: readonly GatewayProcess[];
  readonly model: GatedModel;
  readonly kakao: KakaoSimulator;
  readonly talktalk: TalkTalkSimulator;
  close(): Promise<void>;
}

export async function openHouse(replicas: number): Promise<House> {
  const database = await startOwnServer({ durable: true });
  const model = new GatedModel();
  const kakao = createKakaoSimulator({ seed: 'replicas', callback: false });
  const talktalk = createTalkTalkSimulator({
    seed: 'replicas',
    authorization: AUTHORIZATION,
    // Refusals are counted here; a suspension would end the measurement.
    unconfirmed: { suspendAfterFailures: Number.MAX_SAFE_INTEGER },
  });
  const [sendApi, callbacks] = await Promise.all([talktalk.start(), kakao.start(), model.start()]);
  const env = {
    ...model.env,
    DATABASE_URL: database.url,
    KAKAO_CALLBACK_ORIGINS: callbacks.url,
    NAVER_BASE_URL: sendApi.url,
    NAVER_AUTHORIZATION: AUTHORIZATION,
    NAVER_SENDS_PER_SECOND: '1000',
    NAVER_QUIET_MS: '0',
    RATE_LIMIT_PER_CONVERSATION: '0',
    RATE_LIMIT_PER_ADDRESS: '0',
  };
  const gateways: GatewayProcess[] = [];
  for (let index = 0; index < replicas; index += 1) gateways.push(await GatewayProcess.start(env));
  const proxy = await startProxy(gateways.map(({ port }) => port));
  kakao.skillUrl = `${proxy.url}/query/KAKAO`;
  talktalk.webhookUrl = `${proxy.url}/query/NAVER`;
  return {
    database,
    gateways,
    model,
    kakao,
    talktalk,
    async close() {
      await Promise.all([proxy.close(), ...gateways.map((gateway) => gateway.stop())]);
      await Promise.all([kakao.close(), talktalk.close(), model.close(), database.remove()]);
    },
  };
}
