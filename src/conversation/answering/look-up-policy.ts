import type { ProfileField } from '../../message.ts';

/** What the operator wants of look-ups. */
export interface LookUpPolicy {
  /** A message that holds one of them asks for a look-up; compared without spaces. */
  readonly words: readonly string[];
  /** What the hook needs. Never empty. */
  readonly fields: readonly ProfileField[];
  /** Whether data of customers under 14 is collected: a guardian must have agreed elsewhere. */
  readonly fromUnder14: boolean;
}
