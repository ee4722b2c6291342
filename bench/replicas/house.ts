/** Two gateways on a PostgreSQL server of their own, behind a proxy, between both platforms and a model. */
import { openPlatforms, type Platforms } from '../../test/e2e/platforms.ts';
import { GatewayProcess } from '../../test/helpers/gateway-process.ts';
import { startOwnServer } from '../../test/helpers/postgres.ts';
import type { PostgresServer } from '../../test/helpers/postgres-server.ts';
import { startProxy } from './proxy.ts';

export interface House extends Pick<Platforms, 'model' | 'kakao' | 'talktalk'> {
  readonly database: PostgresServer;
  readonly gateways: readonly GatewayProcess[];
  close(): Promise<void>;
}

export async function openHouse(replicas: number): Promise<House> {
  const database = await startOwnServer({ durable: true });
  const platforms = await openPlatforms('replicas');
  const { model, kakao, talktalk } = platforms;
  const env = { ...platforms.env, DATABASE_URL: database.url, NAVER_QUIET_MS: '0' };
  const gateways: GatewayProcess[] = [];
  for (let index = 0; index < replicas; index += 1) gateways.push(await GatewayProcess.start(env));
  const proxy = await startProxy(gateways.map(({ port }) => port));
  platforms.connect(proxy.url);
  return {
    database,
    gateways,
    model,
    kakao,
    talktalk,
    async close() {
      await Promise.all([proxy.close(), ...gateways.map((gateway) => gateway.stop())]);
      await Promise.all([platforms.close(), database.remove()]);
    },
  };
}
