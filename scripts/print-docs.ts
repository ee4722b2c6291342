// Prints what people read about settings and metrics from the code that the product runs by, so the two cannot disagree:
// .env.example, and the tables between the markers of README.md (Korean) and README.en.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeSettings, type SettingRow } from '../src/config/describe.ts';
import { createMetrics } from '../src/platform/metrics.ts';

type Language = 'ko' | 'en';

/** The tables of a README, by the name in their markers. */
const TABLES = {
  settings: (language: Language) => `${renderTable(language)}\n\n${FOOTNOTE[language]}`,
  metrics: renderMetrics,
} as const satisfies Record<string, (language: Language) => string>;

const HELP = `node scripts/print-docs.ts [option]

  --env            print .env.example
  --table ko|en    print the table of README.md or README.en.md
  --check          fail when .env.example or a README is stale
  --write          bring them up to date
  --folder PATH    where they are, if not in this repository
`;

export function renderEnvExample(): string {
  const lines = [
    '# 말길 설정 예시입니다. .env로 복사한 뒤 필요한 줄의 주석을 풀어 사용하세요. 적힌 값은 기본값입니다.',
    '# Settings of Malgil. Copy to .env and uncomment what you need; the values shown are the defaults.',
    '# `node scripts/print-docs.ts --write` writes this file: change src/config/ instead.',
  ];
  let group = '';
  for (const row of describeSettings()) {
    if (row.group !== group)
      lines.push('', `# ── ${row.groupKo === row.group ? row.group : `${row.groupKo} · ${row.group}`} ──`);
    group = row.group;
    lines.push('', `# ${row.descriptionKo}`, `# ${row.description}`);
    if (row.defaultTextKo !== undefined && row.default === '') {
      lines.push(`# 기본값: ${row.defaultTextKo} / default: ${row.defaultText}`);
    }
    if (row.fromFile) lines.push(`# 파일로 적으려면 / or from a file: ${row.name}_FILE=`);
    lines.push(`# ${row.name}=${row.default}`);
  }
  return `${lines.join('\n')}\n`;
}

export function renderTable(language: Language): string {
  const rows = describeSettings();
  const groups = [...new Set(rows.map((row) => row.group))];
  const head = language === 'ko' ? '| 설정 | 기본값 | 설명 |' : '| setting | default | what it does |';
  const blocks = groups.map((group) => {
    const members = rows.filter((row) => row.group === group);
    return [
      `**${title(members, language)}**`,
      '',
      head,
      '| --- | --- | --- |',
      ...members.map((row) => line(row, language)),
    ].join('\n');
  });
  return blocks.join('\n\n');
}

function title(rows: readonly SettingRow[], language: Language): string {
  const [first] = rows;
  if (first === undefined) return '';
  if (language === 'ko') return first.scope === 'bot' ? `${first.groupKo} (봇마다 설정 가능)` : first.groupKo;
  return first.scope === 'bot' ? `${first.group} (also per bot)` : first.group;
}

function line(row: SettingRow, language: Language): string {
  const text = language === 'ko' ? row.defaultTextKo : row.defaultText;
  const plain = row.default === '' ? '–' : `\`${row.default}\``;
  const description = language === 'ko' ? row.descriptionKo : row.description;
  const cells = [`\`${row.name}\`${row.fromFile ? ' ¹' : ''}`, text ?? plain, description];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const FOOTNOTE: Readonly<Record<Language, string>> = {
  ko: '¹ 값 대신 파일 경로를 `이름_FILE`로 적을 수 있습니다(예: `KAKAO_SECRET_FILE=/run/secrets/kakao`).',
  en: '¹ May be given as the path of a file in `NAME_FILE` instead (for example `KAKAO_SECRET_FILE=/run/secrets/kakao`).',
};

/** Names and meanings are English in both: they are what /metrics itself says. */
function renderMetrics(language: Language): string {
  const head = language === 'ko' ? '| 지표 | 종류 | 레이블 | 뜻 |' : '| metric | type | labels | meaning |';
  const rows = createMetrics({ botIds: [] })
    .describe()
    .map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.join(', ') || '–'} | ${help} |`);
  return [head, '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The README with its tables renewed; `undefined` when it lacks the place for one. */
function withTables(readme: string, language: Language): string | undefined {
  let text = readme;
  for (const [name, render] of Object.entries(TABLES)) {
    const begin = `<!-- ${name}:begin -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(`<!-- ${name}:end -->`);
    if (from === -1 || to < from) return undefined;
    text = `${text.slice(0, from + begin.length)}\n${render(language)}\n${text.slice(to)}`;
  }
  return text;
}

interface Printed {
  readonly path: string;
  readonly current: string | undefined;
  /** `undefined`: the file has no place for it. */
  readonly wanted: string | undefined;
}

function printedFiles(folder: string): readonly Printed[] {
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  const example = join(folder, '.env.example');
  const printed: Printed[] = [{ path: example, current: read(example), wanted: renderEnvExample() }];
  for (const [name, language] of [
    ['README.md', 'ko'],
    ['README.en.md', 'en'],
  ] as const) {
    const path = join(folder, name);
    const current = read(path);
    if (current !== undefined) printed.push({ path, current, wanted: withTables(current, language) });
  }
  return printed;
}

function main(): number {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const { values } = parseArgs({
    options: {
      env: { type: 'boolean' },
      table: { type: 'string' },
      check: { type: 'boolean' },
      write: { type: 'boolean' },
      folder: { type: 'string', default: root },
      help: { type: 'boolean' },
    },
  });
  if (values.env) {
    process.stdout.write(renderEnvExample());
    return 0;
  }
  if (values.table === 'ko' || values.table === 'en') {
    process.stdout.write(`${renderTable(values.table)}\n`);
    return 0;
  }
  if (!values.check && !values.write) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  const stale = printedFiles(values.folder).filter(({ current, wanted }) => current !== wanted);
  for (const { path, wanted } of stale) {
    if (wanted === undefined) console.error(`${path}: lacks the markers of a table: ${Object.keys(TABLES).join(', ')}`);
    else if (values.write) writeFileSync(path, wanted);
    else console.error(`${path}: is stale; run \`node scripts/print-docs.ts --write\``);
  }
  return stale.some(({ wanted }) => wanted === undefined || !values.write) ? 1 : 0;
}

if (import.meta.main) process.exitCode = main();
