/** The service's own verdict on what its model wrote. It labels and never blocks: whoever asks for it decides.
 *  Source: NAVER Cloud API guide, CLOVA Studio, Chat Completions v1 and v3, `aiFilter` (2026-08). Only about the first 500
 *  characters of an answer are looked at. */

/** From worst to best, as the service numbers them. */
const LIKELIHOODS = ['likely', 'possible', 'unlikely'] as const;

/** How likely the text is what its category names. `unknown`: the filter failed. */
export type FilterLikelihood = (typeof LIKELIHOODS)[number] | 'unknown';

export interface FilterVerdict {
  /** `curse` or `unsafeContents`. */
  readonly group: string;
  /** `discrimination`, `insult` or `sexualHarassment`. */
  readonly category: string;
  readonly likelihood: FilterLikelihood;
}

/** Which verdicts make an answer unfit for customers: those as bad as this, or worse. */
export type FilterThreshold = 'likely' | 'possible';

/** Anything of another shape is no verdict. */
export function readAiFilter(value: unknown): readonly FilterVerdict[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { groupName, name, score, result } = entry as Readonly<Record<string, unknown>>;
    return [
      {
        group: nameOf(groupName),
        category: nameOf(name),
        // A score counts only as long as the filter itself says that it worked; not all samples have that field.
        likelihood: result === 'ERROR' ? 'unknown' : likelihoodOf(score),
      },
    ];
  });
}

/** Names travel into logs. */
function nameOf(value: unknown): string {
  return typeof value === 'string' && /^\w{1,40}$/.test(value) ? value : 'unknown';
}

/** A string, and lower is worse: "0" likely, "1" possible, "2" unlikely; "-1" says that the filter failed. */
function likelihoodOf(score: unknown): FilterLikelihood {
  return LIKELIHOODS[/^[012]$/.test(String(score)) ? Number(score) : -1] ?? 'unknown';
}

/** The worst verdict that reaches the threshold. */
export function unfitVerdict(
  verdicts: readonly FilterVerdict[],
  threshold: FilterThreshold,
): FilterVerdict | undefined {
  const worst = (likelihood: FilterLikelihood) => verdicts.find((verdict) => verdict.likelihood === likelihood);
  return worst('likely') ?? (threshold === 'possible' ? worst('possible') : undefined);
}
