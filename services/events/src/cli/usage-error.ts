/** Thrown when the command line asks for what does not exist; its message is one line that says what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
