/** What a failure means to whoever asked; `http/error-handler.ts` is the one place that turns it into a status. */
export type ErrorKind =
  | 'bad-request'
  | 'unauthorized'
  | 'too-large'
  | 'unsupported-media-type'
  | 'not-found'
  | 'method-not-allowed'
  | 'upgrade-required'
  | 'unavailable';

/**
 * A failure that someone can act on. Each way to fail is a subclass or a `code` of its own (docs/errors.md lists them).
 * Its message may be shown to the caller, so it carries no secret, no payload and no number of a caller.
 */
export class AppError extends Error {
  /** Stable, upper case, for machines and for searching: `PUBLISH_TIMEOUT`. */
  readonly code: string;
  readonly kind: ErrorKind;

  constructor(kind: ErrorKind, code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.kind = kind;
    this.code = code;
  }
}
