/** A refusal in the words of the service; the first three digits of most of its codes are the HTTP status. */
export class ApiError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;

  /** `httpStatus`: where the code does not begin with it, as those of routers and skillsets. */
  constructor(
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    httpStatus = Number(code.slice(0, 3)),
  ) {
    super(message);
    this.code = code;
    this.httpStatus = httpStatus;
    this.headers = headers;
  }

  static invalidParameter(...names: readonly string[]): ApiError {
    return new ApiError('40001', `Invalid parameter: ${names.join(', ')}`);
  }
}

/** The envelope of a failure. */
export function errorEnvelope(code: string, message: string): string {
  return JSON.stringify({ status: { code, message }, result: null });
}
