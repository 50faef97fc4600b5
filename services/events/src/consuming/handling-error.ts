import { AppError } from '@kodama/shared/errors';

/**
 * Thrown for an event that cannot be handled. Its message becomes the reason of a dead letter, so it has nothing of the event
 * in it; of any other error the reason has the name alone.
 */
export class HandlingError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, cause === undefined ? {} : { cause });
    this.name = new.target.name;
  }
}

/** Says whether the failure is of what the handler needs, and not of the event. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.kind === 'unavailable';
}

/**
 * Why an event could not be handled, in the words that an operator reads first. A handler's own errors may repeat what they
 * choked on, so of those only the name is told.
 */
export function reasonOf(error: unknown): string {
  if (isOurs(error)) return error.message;
  return error instanceof Error ? error.name : 'the handler threw what is no error';
}

/** What the log has of it: all of an error of ours, and of another its name and where it comes from. */
export function failureFields(error: unknown): object {
  return isOurs(error) ? { err: error } : { thrown: reasonOf(error), at: placesOf(error) };
}

function isOurs(error: unknown): error is HandlingError | AppError {
  return error instanceof HandlingError || error instanceof AppError;
}

/** The lines of the stack, without the message, which stands before them. */
function placesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const lines = (error.stack ?? '').replace(error.message, '').split('\n');
  return lines.filter((line) => /^ {4}at /.test(line)).map((line) => line.trim());
}
