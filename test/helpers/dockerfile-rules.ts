/** The rules that a Dockerfile of ours must keep, for a machine without a Docker engine. */

interface Instruction {
  readonly name: string;
  readonly value: string;
  /** Which `FROM` it belongs to, from 0. */
  readonly stage: number;
}

/** Comments and blank lines dropped, continued lines joined. */
export function parseDockerfile(content: string): readonly Instruction[] {
  const joined = content
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, ' ');
  let stage = -1;
  return joined.split('\n').map((line) => {
    const [name = '', ...rest] = line.trim().split(/\s+/);
    if (name.toUpperCase() === 'FROM') stage += 1;
    return { name: name.toUpperCase(), value: rest.join(' '), stage };
  });
}

/** What is copied out of the build context (not out of other stages). */
export function copiedFromContext(content: string): readonly string[] {
  return parseDockerfile(content)
    .filter(({ name, value }) => (name === 'COPY' || name === 'ADD') && !value.includes('--from='))
    .flatMap(({ value }) => value.split(' ').slice(0, -1))
    .filter((part) => !part.startsWith('--'))
    .map((path) => path.replace(/^\.\//, ''));
}

export function dockerfileFaults(content: string): readonly string[] {
  const instructions = parseDockerfile(content);
  const named = (name: string) => instructions.filter((instruction) => instruction.name === name);
  const last = (name: string) => named(name).at(-1);
  const finalStage = Math.max(...instructions.map(({ stage }) => stage));
  const faults: string[] = [];
  const require = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };

  for (const { value } of named('FROM')) {
    require(/^node:\d+(\.\d+)*-[a-z]+-slim( AS \w+)?$/.test(value), `base image is not pinned: ${value}`);
  }
  require(new Set(named('FROM').map(({ value }) => value.split(' ')[0])).size ===
    1, 'stages use different base images');
  require(finalStage > 0, 'there is one stage only, so the tools of the build are shipped');

  const user = last('USER');
  require(user !== undefined && user.stage === finalStage, 'the last stage names no user');
  require(/^[1-9]\d*(:[1-9]\d*)?$/.test(user?.value ?? ''), 'the user is root, or not a number');
  const userAt = user === undefined ? -1 : instructions.indexOf(user);
  require(!instructions.some(
    ({ name, stage }, at) => stage === finalStage && name === 'RUN' && at > userAt,
  ), 'something runs after the user was changed');

  require(isExecForm(last('CMD')?.value), 'CMD is not in exec form: the shell would swallow signals');
  require(!/"npm"/.test(
    last('CMD')?.value ?? '',
  ), 'CMD goes through npm, which stands between the signal and the server');
  const health = last('HEALTHCHECK')?.value ?? '';
  require(health.includes('/healthz') &&
    isExecForm(/CMD (.*)$/.exec(health)?.[1]), 'HEALTHCHECK does not ask /healthz in exec form');
  require(named('STOPSIGNAL').length === 1, 'STOPSIGNAL is missing');
  require(named('ADD').length === 0, 'ADD fetches and unpacks; COPY says what it does');

  for (const { name, value } of [...named('ENV'), ...named('ARG')]) {
    require(!/(key|secret|token|password|authorization)\w*=?/i.test(
      value,
    ), `${name} may hold a secret: it stays readable in the image`);
  }
  const environment = named('ENV')
    .map(({ value }) => value)
    .join(' ');
  require(/\bHOST=0\.0\.0\.0\b/.test(environment), 'nothing outside the container could reach the server');
  require(/\bDATA_DIR=\/data\b/.test(environment) && last('VOLUME')?.value === '/data', 'the data is not on a volume');
  require(/\bNODE_ENV=production\b/.test(environment), 'NODE_ENV is not production');

  for (let stage = 0; stage <= finalStage; stage += 1) {
    const own = instructions.filter((instruction) => instruction.stage === stage);
    const install = own.findIndex(({ name, value }) => name === 'RUN' && value.includes('npm ci'));
    if (install === -1) continue;
    const before = own.slice(0, install).filter(({ name }) => name === 'COPY');
    require(before.length === 1 &&
      before[0]?.value ===
        'package.json package-lock.json ./', `stage ${stage} copies more than the package files before npm ci, so every change installs anew`);
  }
  require(!instructions.some(({ value }) => /npm (install|i)\b/.test(value)), 'npm install ignores the lock file');
  require(!instructions.some(
    ({ name, value }) => name === 'COPY' && /^\.\/? /.test(value),
  ), 'the whole folder is copied');
  return faults;
}

function isExecForm(command: string | undefined): boolean {
  if (command === undefined) return false;
  try {
    const parsed: unknown = JSON.parse(command);
    return Array.isArray(parsed) && parsed.length > 0 && parsed.every((part) => typeof part === 'string');
  } catch {
    return false;
  }
}

/** Whether `.dockerignore` keeps a path out of the build: the last rule that matches the path or a folder above it wins. */
export function isIgnored(rules: string, path: string): boolean {
  let ignored = false;
  for (const line of rules.split('\n')) {
    const rule = line.trim();
    if (rule === '' || rule.startsWith('#')) continue;
    const isException = rule.startsWith('!');
    if (matches(rule.replace(/^!/, '').replace(/\/$/, ''), path)) ignored = !isException;
  }
  return ignored;
}

function matches(pattern: string, path: string): boolean {
  const source = pattern
    .split('/')
    .map((part) => (part === '**' ? '(?:.*/)?' : `${part.replace(/[.+^$()|[\]{}]/g, '\\$&').replace(/\*/g, '[^/]*')}/`))
    .join('')
    .replace(/\/$/, '');
  return new RegExp(`^${source}(?:/.*)?$`).test(path);
}
