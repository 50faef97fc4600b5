/** Of each id, the characters that are kept at most: all of a UUID with a prefix. */
const MAX_ID_CHARACTERS = 64;

export interface RecordingNameFacts {
  /** Wall clock, ms since 1970 UTC. */
  readonly startedAtEpochMs: number;
  /** As it came from outside: anything. */
  readonly conversationUuid: string | undefined;
  /** Made here, unique. */
  readonly socketId: string;
}

/**
 * A recording's file name: when it began (UTC, so that names sort by time), the conversation and the socket. Of the ids only
 * letters, digits and dashes are left, so that no id leads out of the directory or means something to a file system.
 */
export function recordingName({ startedAtEpochMs, conversationUuid, socketId }: RecordingNameFacts): string {
  const time = new Date(startedAtEpochMs).toISOString().replace(/[:.]/g, '-');
  return `${time}_${safe(conversationUuid ?? '') || 'unknown'}_${safe(socketId)}.wav`;
}

function safe(id: string): string {
  return id.replace(/[^A-Za-z0-9-]/g, '').slice(0, MAX_ID_CHARACTERS);
}
