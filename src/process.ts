/** The edge of the process: environment, log, signals. The only file that touches process.env. */
import { readFileSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { BotSettings, Settings } from './config.ts';
import { GatewayError } from './errors.ts';
import { gatherLines } from './platform/gathered-lines.ts';
import { giveBackMemory } from './platform/give-back-memory.ts';
import type { Program } from './wiring.ts';

const USAGE = `Malgil — KakaoTalk and Naver TalkTalk chatbots on a language model

Usage: npm start            install, build and run
       node dist/server.js  run what is built

Everything is set by environment variables (or a .env file); see README.md and .env.example.
  --help     this text
  --version  the version
`;

const HERE = dirname(fileURLToPath(import.meta.url));
/** Long enough for the first callers, who come while the program is starting. */
const SETTLE_MS = 2_000;

function readVersion(): string {
  const file = join(HERE, '..', 'package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}

/** Keeps the compiled form of the built program beside it, where nobody else can write: the next start is a third shorter. Where
 *  the folder is read-only, every start compiles. */
function keepCompiledCode(): void {
  const isBuilt = import.meta.url.endsWith('.js');
  if (isBuilt) enableCompileCache(join(HERE, '.compile-cache'));
}

/** Readable lines on a terminal, JSON everywhere else. Errors are logged with their code and stack, never with bodies. */
async function createLog(level: string): Promise<Logger> {
  const { default: pino } = await import('pino');
  const options = { level, base: null };
  if (!process.stdout.isTTY) {
    const lines = gatherLines(pino.destination(process.stdout.fd));
    process.on('exit', () => lines.flushSync());
    return pino(options, lines);
  }
  const { default: pretty } = await import('pino-pretty');
  return pino(
    options,
    pretty({
      colorize: !process.env.NO_COLOR,
      translateTime: 'HH:MM:ss.l',
      ignore: 'pid,hostname',
      singleLine: true,
      sync: true,
    }),
  );
}

function describeStart(
  settings: Settings,
  program: Program,
  address: string,
  describeEngines: (bot: BotSettings) => string,
  log: Logger,
): void {
  for (const warning of settings.warnings) log.warn(warning);
  for (const bot of program.bots) {
    const said = settings.bots.find((other) => other.id === bot.id);
    const engines = said === undefined ? '' : describeEngines(said);
    const source = bot.usesSampleKnowledge ? 'bundled sample' : 'KNOWLEDGE_FILE';
    log.info(
      `bot "${bot.id}" (${bot.name}): engine ${engines}; channels ${[...bot.channels.keys()].join(', ')}; ${bot.knowledge.size} entries (${source})`,
    );
    if (said?.engine.every((entry) => entry === 'faq')) {
      log.info(`bot "${bot.id}": answers come from the knowledge alone; CLOVA_API_KEY, or ENGINE, lets a model answer`);
    }
    if (bot.channels.has('naver') && said?.naverAuthorization === undefined) {
      log.info(
        `bot "${bot.id}": TalkTalk answers go in the webhook response; set NAVER_AUTHORIZATION to use the send API`,
      );
    }
  }
  if (settings.publicUrl === undefined && program.bots.some((bot) => bot.usesSampleKnowledge)) {
    log.info('pictures of answers are under localhost; set PUBLIC_URL so that Kakao and TalkTalk can fetch them');
  }
  for (const bot of program.bots) {
    const base = bot.id === settings.defaultBotId ? address : `${address}/bots/${bot.id}`;
    const types = [...bot.channels.keys()].map((name) => name.toUpperCase()).join(',');
    const page = bot.channels.has('web') ? `chat page ${base}/   ` : '';
    log.info(`${page}POST ${base}/query/{${types}}`);
  }
  log.info(`API docs ${address}/docs`);
}

async function run(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(USAGE);
    return;
  }
  const version = readVersion();
  if (process.argv.includes('--version')) {
    process.stdout.write(`${version}\n`);
    return;
  }
  keepCompiledCode();
  // Imported only now: what is imported at the top is compiled before anything runs, the line above included.
  const { loadDotEnv } = await import('./config/dot-env.ts');
  const envProblems = loadDotEnv(process.env);
  const [{ readSettingsText }, { loadSettings }, { wireProgram }, { botProblems }, { describeEngines }] =
    await Promise.all([
      import('./platform/settings-file.ts'),
      import('./config.ts'),
      import('./wiring.ts'),
      import('./wiring/bot-problems.ts'),
      import('./wiring/describe-engines.ts'),
    ]);
  const files = new Set<string>();
  const readFile = (path: string) => {
    files.add(path);
    return readSettingsText(path);
  };
  const source = { read: () => loadSettings(process.env, readFile, botProblems, envProblems), files: () => [...files] };
  const settings = source.read();
  const log = await createLog(settings.logLevel);
  const program = await wireProgram(settings, log, version, source);
  // The port first: a start that cannot have it must not touch what an earlier process left open.
  await listen(program, settings);
  await program.recover();

  const bound = program.app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : settings.port;
  const host = ['0.0.0.0', '::', '127.0.0.1'].includes(settings.host) ? 'localhost' : settings.host;
  describeStart(settings, program, `http://${host}:${port}`, describeEngines, log);
  setTimeout(() => {
    flushCompileCache(); // by itself only at a proper end, which a killed process does not have
    void giveBackMemory(); // start-up leaves 30 MB behind
  }, SETTLE_MS).unref();

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) {
      log.warn('stopped at once');
      process.exit(1);
    }
    stopping = true;
    log.info(`${signal}: not ready any more, finishing what is in flight`);
    program.stopBeingReady();
    // The balancer learns from /readyz that it should let go; until then requests keep coming and are served. Whoever
    // presses Ctrl-C has no balancer.
    const drainMs = signal === 'SIGINT' && process.stdin.isTTY ? 0 : settings.shutdownDrainMs;
    await new Promise((resolve) => setTimeout(resolve, drainMs));
    await program.close(settings.shutdownLimitMs);
    log.info('stopped');
    process.exit(0);
  };
  // On a terminal it says that the window was closed.
  if (!process.stdin.isTTY) process.on('SIGHUP', () => program.reload());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

/** @throws GatewayError `SETTINGS_INVALID` that names the settings, not their values */
async function listen(program: Program, settings: Settings): Promise<void> {
  try {
    await program.app.listen({ port: settings.port, host: settings.host, listenTextResolver: () => 'listening' });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    const hint = code === 'EADDRINUSE' ? '; another program uses the port' : '';
    throw new GatewayError('SETTINGS_INVALID', `HOST and PORT cannot be listened on (${code})${hint}`, { cause });
  }
}

/** What the operating system refuses, such as a port that is taken, is for the operator to mend: a stack would only hide it. */
function describeFailure(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const isOurs = thrown instanceof GatewayError && thrown.code !== 'INTERNAL';
  return isOurs || 'syscall' in thrown ? thrown.message : (thrown.stack ?? thrown.message);
}

/** Ends the process where it cannot start. */
export async function main(): Promise<void> {
  // The clock's timers keep no process alive, and nothing else does before it listens: one that waits for its database would end as if
  // all were well.
  const starting = setInterval(() => {}, SETTLE_MS);
  try {
    await run();
  } catch (thrown) {
    // Before the settings are read there is no log yet, and a person is watching.
    process.stderr.write(`malgil did not start. ${describeFailure(thrown)}\n`);
    process.exit(1);
  } finally {
    clearInterval(starting);
  }
}
