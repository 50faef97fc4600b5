import type { HandlerLogger } from '@kodama/handler-kit';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A line that the handler has logged, or what carries it; with its fields. */
export interface LogLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A logger whose lines a test can read. */
export class CallLog implements HandlerLogger {
  readonly lines: LogLine[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The last error that was logged. */
  get lastError(): unknown {
    return this.lines.findLast(({ level }) => level === 'error')?.err;
  }

  debug(fields: object, msg: string): void {
    this.#add('debug', fields, msg);
  }

  info(fields: object, msg: string): void {
    this.#add('info', fields, msg);
  }

  warn(fields: object, msg: string): void {
    this.#add('warn', fields, msg);
  }

  error(fields: object, msg: string): void {
    this.#add('error', fields, msg);
  }

  #add(level: LogLevel, fields: object, msg: string): void {
    this.lines.push({ ...fields, atMs: this.#nowMs(), level, msg });
  }
}
