/** Ways to fail that a test or a rehearsal can ask for; each happens at the real service. */
export type ScriptedFault =
  /** The JSON envelope of a failure. */
  | {
      readonly kind?: 'refusal';
      readonly httpStatus: number;
      readonly code: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** HTTP 200 and a JSON envelope whose code says otherwise. */
  | { readonly kind: 'refusal-in-200'; readonly code: string; readonly message?: string }
  /** HTTP 200, `afterTokens` tokens, then an `error` frame. */
  | { readonly kind: 'error-frame'; readonly code: string; readonly message?: string; readonly afterTokens?: number }
  /** The connection breaks: before the headers, or after that many tokens. */
  | { readonly kind: 'cut'; readonly afterTokens: number | 'before-headers' }
  /** Silence on an open connection: before the headers, or after that many tokens. */
  | { readonly kind: 'hang'; readonly afterTokens: number | 'before-headers' }
  /** The stream ends properly, but without its `result` frame. */
  | { readonly kind: 'no-result' }
  /** After the first token comes a frame that is no JSON. */
  | { readonly kind: 'malformed-frame' }
  /** A page from a gateway in front of the service. */
  | { readonly kind: 'html-page'; readonly httpStatus: number }
  | { readonly kind: 'empty-body'; readonly httpStatus: number };

/** Message texts of the codes that are scripted most; any other code gets a plain one. */
const MESSAGES: Readonly<Record<string, string>> = {
  '40003': 'Context length exceeded',
  '40005': 'Unavailable output',
  '40080': 'Model not found',
  '40082': 'Model faded out',
  '40100': 'Unauthorized',
  '40104': 'Invalid key',
  '40800': 'Request timeout',
  '42900': 'Too many requests',
  '42901': 'Too many requests - rate exceeded',
  '42902': 'Too many requests - overloaded',
  '50000': 'Internal server error',
  '50400': 'Gateway timeout',
};

export function messageOf(fault: { readonly code: string; readonly message?: string }): string {
  return fault.message ?? MESSAGES[fault.code] ?? 'Request failed';
}
