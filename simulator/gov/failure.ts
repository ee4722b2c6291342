/** A refusal of the platform, before it is put into one of its two envelopes. */
export class GovFailure extends Error {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(httpStatus: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.httpStatus = httpStatus;
    this.headers = headers;
  }

  /** Tools and RAG42. */
  get statusEnvelope(): object {
    return { status: { code: `${this.httpStatus}00`, message: this.message } };
  }

  /** Paths that speak like OpenAI. */
  get errorEnvelope(): object {
    const isKey = this.httpStatus === 401;
    return {
      error: {
        message: this.message,
        type: isKey ? 'authentication_error' : 'invalid_request_error',
        code: isKey ? 'invalid_api_key' : null,
      },
    };
  }
}

type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws GovFailure 422 */
export function textIn(body: Json, name: string, maxCharacters = Number.POSITIVE_INFINITY): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '' || value.length > maxCharacters) {
    throw new GovFailure(422, `Validation failed: ${name}`);
  }
  return value;
}

/** @throws GovFailure 422 */
export function fileIn(form: FormData): File {
  const file = form.get('file');
  if (!(file instanceof File)) throw new GovFailure(422, 'Validation failed: file');
  return file;
}
