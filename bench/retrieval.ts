/** How fast and how right retrieval is without a key or a model. `node bench/retrieval.ts --help` */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { loadKnowledgeCsv } from '../src/knowledge/csv.ts';
import { createKnowledge } from '../src/knowledge/index.ts';
import type { KnowledgeEntry } from '../src/knowledge/knowledge.ts';

const HELP = `Measures retrieval: time to build the index, time of a search, and how often it is right.

  node bench/retrieval.ts [options]

  --sizes LIST   entries in each index (default 90,1000,10000)
  --queries N    searches at each size (default 5000)
  --aliases N    further phrasings that each entry keeps (default 1; the sample has four or five)
  --file CSV     measure this knowledge file instead of the bundled sample
  --phrasings CSV  questions with the columns part,entry,phrasing (default test/knowledge/phrasings.csv)
  --help         this text

Larger sizes are made of the file's own entries with other things' names in them, so words repeat as they do in a
real catalogue. Times are microseconds: half, 95 %, 99 %, all of the searches are faster. Accuracy is counted on the
file as it is; "held-out" are questions that were not looked at while the word lists were written.
`;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '90,1000,10000' },
    queries: { type: 'string', default: '5000' },
    aliases: { type: 'string', default: '1' },
    file: { type: 'string', default: new URL('../src/knowledge/sample/shop.csv', import.meta.url).pathname },
    phrasings: { type: 'string', default: new URL('../test/knowledge/phrasings.csv', import.meta.url).pathname },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

interface Phrasing {
  readonly part: string;
  readonly entry: string;
  readonly phrasing: string;
}

const { entries } = loadKnowledgeCsv(readFileSync(values.file), { imageBaseUrl: 'https://bot.example/' });
const phrasings = parse(readFileSync(values.phrasings), { columns: true, bom: true }) as unknown as Phrasing[];

const speed = values.sizes.split(',').map((size) => measureSpeed(Number(size), Number(values.queries)));
console.table(Object.fromEntries(speed.map(({ entries, ...row }) => [`${entries} entries`, row])));
const parts = [...new Set(phrasings.map(({ part }) => part))];
console.table(
  Object.fromEntries(parts.map((part) => [part, measureAccuracy(phrasings.filter((p) => p.part === part))])),
);

function measureSpeed(size: number, queries: number) {
  const many = manyEntries(size);
  createKnowledge(many.slice(0, 200)); // the first index pays for compiling the code
  const startedAt = performance.now();
  const knowledge = createKnowledge(many);
  const indexMs = performance.now() - startedAt;
  const questionOf = (turn: number) => phrasings[turn % phrasings.length]?.phrasing ?? '';
  for (let turn = 0; turn < phrasings.length * 3; turn += 1) knowledge.search(questionOf(turn), 3);
  const timesUs = Array.from({ length: queries }, (_, turn) => {
    const from = performance.now();
    knowledge.search(questionOf(turn), 3);
    return (performance.now() - from) * 1_000;
  }).sort((a, b) => a - b);
  const at = (share: number) => Math.round(timesUs[Math.min(queries - 1, Math.floor(queries * share))] ?? 0);
  const longUs = medianOf(20, () => knowledge.search('반품하려는데 배송비가 궁금해요 '.repeat(700), 3));
  return {
    entries: size,
    phrasings: many.reduce((sum, { aliases }) => sum + 1 + aliases.length, 0),
    'index ms': Math.round(indexMs),
    'p50 µs': at(0.5),
    'p95 µs': at(0.95),
    'p99 µs': at(0.99),
    'max µs': at(1),
    '10,000 characters µs': Math.round(longUs),
  };
}

function medianOf(times: number, run: () => void): number {
  const us = Array.from({ length: times }, () => {
    const from = performance.now();
    run();
    return (performance.now() - from) * 1_000;
  }).sort((a, b) => a - b);
  return us[Math.floor(times / 2)] ?? 0;
}

/** The first copy is the file itself; later ones ask the same about other things. */
function manyEntries(size: number): KnowledgeEntry[] {
  const things = [
    '니트',
    '청바지',
    '원피스',
    '코트',
    '가방',
    '운동화',
    '모자',
    '셔츠',
    '치마',
    '패딩',
    '양말',
    '목도리',
  ];
  return Array.from({ length: size }, (_, i) => {
    const copy = Math.floor(i / entries.length);
    const entry = entries[i % entries.length];
    if (entry === undefined) throw new Error('the knowledge file is empty');
    const aliases = entry.aliases.slice(0, Number(values.aliases));
    if (copy === 0) return { ...entry, aliases };
    const thing = `${things[copy % things.length]} ${copy}호`;
    return {
      ...entry,
      id: `${entry.id}-${copy}`,
      question: `${thing} ${entry.question}`,
      aliases: aliases.map((alias) => `${thing} ${alias}`),
    };
  });
}

function measureAccuracy(questions: readonly Phrasing[]) {
  const knowledge = createKnowledge(entries);
  let [onTopic, top1, top3, sure, wrong, offTopic, offTopicSure] = [0, 0, 0, 0, 0, 0, 0];
  for (const { entry, phrasing } of questions) {
    const { confidence, matches } = knowledge.search(phrasing, 3);
    const found = matches.map((match) => match.entry.id);
    if (entry === '') {
      offTopic += 1;
      if (confidence === 'sure') offTopicSure += 1;
      continue;
    }
    onTopic += 1;
    if (found[0] === entry) top1 += 1;
    if (found.includes(entry)) top3 += 1;
    if (confidence !== 'sure') continue;
    sure += 1;
    if (found[0] !== entry) wrong += 1;
  }
  const percent = (count: number, of: number) => `${((100 * count) / Math.max(1, of)).toFixed(1)} %`;
  return {
    questions: onTopic,
    'top 1': percent(top1, onTopic),
    'top 3': percent(top3, onTopic),
    'answered at once': percent(sure, onTopic),
    'answered wrongly': percent(wrong, onTopic),
    'off-topic': offTopic,
    'off-topic answered': percent(offTopicSure, offTopic),
  };
}
