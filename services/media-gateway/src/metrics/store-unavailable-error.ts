import { AppError } from '@kodama/shared/errors';

/** Thrown when the metrics store cannot be reached, is too slow or refuses a command. */
export class StoreUnavailableError extends AppError {
  constructor(cause: unknown) {
    super('unavailable', 'STORE_UNAVAILABLE', 'the metrics store does not answer', { cause });
    this.name = 'StoreUnavailableError';
  }
}
