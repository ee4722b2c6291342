/** A program in place of the gateway: ready at once, never, or gone, as STUB_MODE says. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const { STUB_MODE: mode, PORT: port, HOST: host, DATA_DIR: dataDir = '' } = process.env;
writeFileSync(join(dataDir, 'store'), 'data');
if (mode === 'broken') {
  console.error('KAKAO_SECRET is wrong');
  process.exit(1);
}
createServer((_request, response) => response.writeHead(mode === 'unready' ? 503 : 200).end()).listen(
  Number(port),
  host,
  () => console.log(`listening, data in ${dataDir}`),
);
