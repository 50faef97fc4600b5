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
  if (error instanceof HandlingError || error instanceof AppError) return error.message;
  return error instanceof Error ? error.name : 'the handler threw what is no error';
}
