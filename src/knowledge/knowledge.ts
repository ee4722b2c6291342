/** The operator's facts, and what the core asks of them. */

export interface KnowledgeEntry {
  /** Stable across reloads of the same file. No `:` in it (it travels inside a button code). */
  readonly id: string;
  readonly question: string;
  /** Further phrasings of the question. */
  readonly aliases: readonly string[];
  /** As the operator wrote it; phone numbers and links in it are sacred. */
  readonly answer: string;
  readonly imageUrl?: string;
  readonly links: readonly { readonly label: string; readonly url: string }[];
}

export interface KnowledgeMatch {
  readonly entry: KnowledgeEntry;
  /** 0..1, comparable between questions. */
  readonly score: number;
}

export interface KnowledgeResult {
  /** `sure`: the first match may be given as the answer. `possible`: offer the first three. `none`: nothing fits. */
  readonly confidence: 'sure' | 'possible' | 'none';
  /** Best first, at most `limit`. */
  readonly matches: readonly KnowledgeMatch[];
}

export interface Knowledge {
  readonly size: number;
  search(question: string, limit: number): KnowledgeResult;
  entry(id: string): KnowledgeEntry | undefined;
}
