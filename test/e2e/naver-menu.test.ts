import { afterEach, expect, it, vi } from 'vitest';
import { textOf } from '../../simulator/bubble.ts';
import { createTalkTalkSimulator } from '../../simulator/talktalk.ts';
import { GatewayProcess } from '../helpers/gateway-process.ts';
import { WAIT } from '../helpers/wait.ts';

const AUTHORIZATION = 'menu-key';
const MENU = JSON.stringify([{ label: '배송 조회', text: '배송은 얼마나 걸리나요?' }]);

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

it('sets the standing menu from its setting, answers a press, and takes it away when the setting is gone', async () => {
  const platform = createTalkTalkSimulator({ seed: 'menu', authorization: AUTHORIZATION });
  opened.push(() => platform.close());
  const { url } = await platform.start();
  const settings = { NAVER_BASE_URL: url, NAVER_AUTHORIZATION: AUTHORIZATION };

  const first = await GatewayProcess.start({ ...settings, NAVER_MENU: MENU });
  opened.push(() => first.stop());
  platform.webhookUrl = `${first.url}/query/NAVER`;
  await vi.waitFor(() => expect(platform.menu.map((choice) => choice.label)).toEqual(['배송 조회']), WAIT);
  const [item] = platform.menu;
  if (item === undefined) throw new Error('no menu');
  await platform.press('손님', item);
  const said = () => platform.messages('손님').map(({ bubbles }) => textOf(bubbles));
  await vi.waitFor(() => expect(said().join('\n')).toContain('출고'), WAIT);

  await first.kill();
  await first.restart({ NAVER_MENU: '' });
  await vi.waitFor(() => expect(platform.menu).toEqual([]), WAIT);
});
