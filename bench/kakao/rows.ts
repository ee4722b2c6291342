/** The rows of the table: what comes, and what must come of it. */
import type { Storm } from './storm.ts';
import type { Budgets, Expected } from './tally.ts';

export interface Row {
  /** Rows of one series run one step after the other, and the series side by side. */
  readonly step: number | 'from-the-start';
  readonly storm: Storm;
  readonly expected: Expected;
}

/** As shipped; see `.env.example`. */
const BUDGETS: Budgets = { inlineMs: 4_000, callbackMs: 50_000, engineTotalMs: 120_000 };
const ENGINE_SLOTS = 200;
/** Below what the slots allow: these rows are about slowness. */
const LOAD = 0.9;
/** So many customers a second of one row leave room for the other rows on a small machine. */
const MAX_PER_SECOND = 20;
/** Slower rows last so long that they start with the first and end last. */
const STEPS_UP_TO_MS = 20_000;
const OVERLOAD = 3;
const FEW_SLOTS = 100;

/** A wait that ends with the turn is no failure of the model. As shipped five silent calls open its circuit, and those who come then are told
 *  at once: here all are to wait for the gateway's own end. */
const PATIENT_CIRCUIT = { CLOVA_FIRST_TOKEN_MS: '300000' };

const ENGINE_MS = [200, 4_000, 6_000, 20_000, 50_000, 70_000, 'never'] as const;

export function slownessRows(calls: number): readonly Row[] {
  const rows = ENGINE_MS.flatMap((engineMs, index) =>
    [true, false].map((hasCallback): Row => {
      const busyMs = engineMs === 'never' ? BUDGETS.engineTotalMs : engineMs;
      return {
        step: busyMs <= STEPS_UP_TO_MS ? index : 'from-the-start',
        storm: {
          budgets: BUDGETS,
          ...(engineMs === 'never' ? { settings: PATIENT_CIRCUIT } : {}),
          kinds: [
            {
              name: `${named(engineMs)}, ${way(hasCallback)}`,
              engineMs,
              hasCallback,
              customers: calls,
              questionsEach: 1,
              customersPerSecond: Math.min(MAX_PER_SECOND, (ENGINE_SLOTS * LOAD * 1_000) / busyMs),
            },
          ],
        },
        expected: { apologies: engineMs === 'never' ? 'all' : 'none', mayTurnAway: false },
      };
    }),
  );
  return [...rows, ...[true, false].map((hasCallback) => streamedRow(calls, hasCallback))];
}

/** The model speaks all the time: at the callback budget there is something to show. */
function streamedRow(calls: number, hasCallback: boolean): Row {
  const engineMs = 70_000;
  return {
    step: 'from-the-start',
    storm: {
      budgets: BUDGETS,
      isStreamed: true,
      kinds: [
        {
          name: `${named(engineMs)} streamed, ${way(hasCallback)}`,
          engineMs,
          hasCallback,
          customers: calls,
          questionsEach: 1,
          customersPerSecond: (ENGINE_SLOTS * LOAD * 1_000) / engineMs,
        },
      ],
    },
    expected: { apologies: 'none', mayTurnAway: false },
  };
}

/** Three times the questions that the engine slots can answer in the same time; then also more open ones than are allowed, where
 *  every fourth customer asks what the knowledge knows. */
export function overloadRows(calls: number): readonly Row[] {
  const engineMs = 20_000;
  const both = (row: (hasCallback: boolean) => Row) => [true, false].map(row);
  const kind = { engineMs, questionsEach: 1, customers: calls } as const;
  return [
    ...both((hasCallback) => ({
      step: ENGINE_MS.length,
      storm: {
        budgets: BUDGETS,
        kinds: [
          {
            ...kind,
            hasCallback,
            name: `×3 of ${ENGINE_SLOTS} slots, ${named(engineMs)}, ${way(hasCallback)}`,
            customersPerSecond: (OVERLOAD * ENGINE_SLOTS * 1_000) / engineMs,
          },
        ],
      },
      expected: { apologies: 'none', mayTurnAway: false },
    })),
    ...both((hasCallback) => ({
      step: ENGINE_MS.length + 1,
      storm: {
        budgets: BUDGETS,
        settings: {
          MAX_CONCURRENT_TURNS: String(FEW_SLOTS),
          MAX_OPEN_TURNS: String(2 * FEW_SLOTS),
          KNOWLEDGE_FILE: 'sample',
        },
        kinds: [
          {
            ...kind,
            hasCallback,
            name: `×3 of ${2 * FEW_SLOTS} open, ${named(engineMs)}, ${way(hasCallback)}`,
            // Three times what may be open, within the time of one answer.
            customersPerSecond: (OVERLOAD * 2 * FEW_SLOTS * 1_000) / engineMs,
            knownEvery: 4,
          },
        ],
      },
      expected: { apologies: 'none', mayTurnAway: true },
    })),
  ];
}

function named(engineMs: number | 'never'): string {
  return engineMs === 'never' ? 'never' : `${engineMs / 1_000} s`;
}

function way(hasCallback: boolean): string {
  return hasCallback ? 'callback' : 'pickup';
}
