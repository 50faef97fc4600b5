import { type JetStreamManager, NatsError, type StreamConfig } from 'nats';

/** A stream as it is to be. */
export interface StreamLimits {
  readonly name: string;
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly duplicateWindowMs: number;
  readonly replicas: number;
}

/** Time that a request of JetStream's administration may take, ms. */
export const API_TIMEOUT_MS = 2000;

/** JetStream's code for "stream name already in use with a different configuration". */
const STREAM_IS_DIFFERENT = 10058;

/** JetStream's code for a stream that is not there. */
export const STREAM_NOT_FOUND = 10059;

/** Makes the stream, or gives it this configuration where it is there with another. */
export async function makeStream(
  manager: JetStreamManager,
  config: Partial<StreamConfig> & Pick<StreamConfig, 'name'>,
): Promise<void> {
  try {
    await manager.streams.add(config);
  } catch (error) {
    if (apiErrorCode(error) !== STREAM_IS_DIFFERENT) throw error;
    await manager.streams.update(config.name, config);
  }
}

/** JetStream's own code of what is wrong, if it was JetStream that answered. */
export function apiErrorCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}
