/** One value of a request that is not as it must be. */
export interface InvalidParameter {
  /** Path of the value: `destination.url`. */
  readonly name: string;
  readonly reason: string;
}

interface RefusalDetails {
  readonly detail?: string;
  readonly invalidParameters?: readonly InvalidParameter[];
  /** Of the reply, lower-case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Fragments of the platform's page on its API's errors; `undefined` where none of them fits. */
type Kind =
  | 'invalid-json'
  | 'invalid-params'
  | 'jwt-expired'
  | 'not-found'
  | 'throttled'
  | 'unauthorized'
  | 'wrong-verb'
  | undefined;

/** Thrown when a request is refused; all of it is shown to whoever asked. */
export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, kind: Kind, title: string, details: RefusalDetails = {}) {
    const { detail, invalidParameters, headers = {} } = details;
    super(detail ?? title);
    this.status = status;
    this.headers = headers;
    this.body = {
      type: kind === undefined ? 'about:blank' : `https://developer.vonage.com/api-errors#${kind}`,
      title,
      ...(detail !== undefined && { detail }),
      ...(invalidParameters && { invalid_parameters: invalidParameters }),
    };
  }
}

export const invalidParameters = (found: readonly InvalidParameter[]): RestError =>
  new RestError(400, 'invalid-params', 'The request cannot be carried out', { invalidParameters: found });

export const notFound = (detail: string): RestError => new RestError(404, 'not-found', 'Nothing is there', { detail });
