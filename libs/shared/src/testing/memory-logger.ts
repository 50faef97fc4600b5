import { createLogger, type Logger } from '../telemetry/logger.ts';

export type LogLine = Readonly<Record<string, unknown>>;

/** A logger whose lines a test can read. */
export function memoryLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { logger: createLogger('test', 'info', { write }), lines };
}
