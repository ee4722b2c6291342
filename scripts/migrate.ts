// Steps of the PostgreSQL schema, by hand: `node scripts/migrate.ts status | up | down VERSION [--force]`, on the database that
// DATABASE_URL names.
// The program goes up by itself when it starts; down is for going back to an older version of it.
import { migrateDown, migrateUp, readMigrations, SCHEMA_VERSION } from '../src/storage/postgres/migrate.ts';

const USAGE = `Usage: DATABASE_URL=postgres://… node scripts/migrate.ts status
       DATABASE_URL=postgres://… node scripts/migrate.ts up
       DATABASE_URL=postgres://… node scripts/migrate.ts down VERSION [--force]
         takes back every step after VERSION, with its data; while a gateway works on the database only with --force
`;

async function main([command, version, flag]: readonly string[], url: string | undefined): Promise<number> {
  const target = Number(version);
  const isKnown =
    command === 'status' ||
    command === 'up' ||
    (command === 'down' && /^\d+$/.test(version ?? '') && [undefined, '--force'].includes(flag));
  if (url === undefined || !isKnown) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (command === 'up') await migrateUp(url);
  if (command === 'down') await migrateDown(url, target, { force: flag === '--force' });
  for (const step of await readMigrations(url)) {
    process.stdout.write(`${step.version}  ${step.name}  ${step.appliedAt}\n`);
  }
  process.stdout.write(`this program knows steps 1 to ${SCHEMA_VERSION}\n`);
  return 0;
}

main(process.argv.slice(2), process.env.DATABASE_URL).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exitCode = 1;
  },
);
