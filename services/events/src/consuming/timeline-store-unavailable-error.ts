import { AppError } from '@kodama/shared/errors';

/** Thrown when the store of timelines cannot be reached, is too slow or has no room. Nobody's request waits for it. */
export class TimelineStoreUnavailableError extends AppError {
  constructor(cause: unknown) {
    super('unavailable', 'TIMELINES_UNAVAILABLE', 'the store of timelines does not answer', { cause });
    this.name = 'TimelineStoreUnavailableError';
  }
}
