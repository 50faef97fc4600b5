/** Thrown when a command cannot do what it was asked; its message is one line, and the exit code 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** Thrown when NATS went away while it was read from. */
export class ConnectionLostError extends CommandError {
  override readonly name = 'ConnectionLostError';

  constructor() {
    super('the connection to NATS was lost');
  }
}
