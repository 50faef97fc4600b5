// A test run that is ended early, as by Ctrl-C, runs no `await using` to its end: what it had started would stay.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/** Runs at the end of the process, the last one first, unless what it gives back is called before. It cannot wait for promises. */
export function atExit(cleanUp: () => void): () => void {
  process.prependListener('exit', cleanUp);
  return () => process.off('exit', cleanUp);
}
