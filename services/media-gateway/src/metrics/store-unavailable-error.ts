import { AppError } from '@kodama/shared/errors';

/** Thrown when the store of calls' figures and timelines cannot be reached, is too slow or refuses a command. */
export class StoreUnavailableError extends AppError {
  constructor(cause: unknown) {
    super('unavailable', 'STORE_UNAVAILABLE', 'the store of calls does not answer', { cause });
    this.name = 'StoreUnavailableError';
  }
}
