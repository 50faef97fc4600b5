import { writeFile } from 'node:fs/promises';
import type { CallEnd } from '@kodama/handler-kit';
import type { HandlerFigures } from '@kodama/handler-kit/run';
import { type HeardTrack, writeStereoWav } from '@kodama/simulator/heard';
import type { LogLine } from './call-log.ts';
import type { SentCommand } from './far-end.ts';
import { type Sound, soundsIn } from './sounds.ts';

/** How the call came to its end. */
export interface HandledEnd {
  readonly by: CallEnd;
  readonly atMs: number;
  /** What the handler threw, where it failed. */
  readonly error?: unknown;
}

/** A call that is over. */
export class HandledCall {
  /** What the caller said and heard, in ticks of 20 ms since the call's beginning. */
  readonly heard: HeardTrack;
  readonly end: HandledEnd;
  readonly log: readonly LogLine[];
  readonly figures: Readonly<HandlerFigures>;
  /** What was sent besides audio. */
  readonly commands: readonly SentCommand[];
  #sounds: readonly Sound[] | undefined;

  constructor(parts: Pick<HandledCall, 'heard' | 'end' | 'log' | 'figures' | 'commands'>) {
    this.heard = parts.heard;
    this.end = parts.end;
    this.log = parts.log;
    this.figures = parts.figures;
    this.commands = parts.commands;
  }

  /** The stretches of sound that the caller heard, in their order: see {@link soundsIn}. */
  sounds(): readonly Sound[] {
    this.#sounds ??= soundsIn(this.heard.heard(), this.heard.sampleRateHz, this.heard.heardPresence());
    return this.#sounds;
  }

  /** Writes a stereo file for people to listen to: the caller on the left, what he heard on the right. */
  writeWav(path: string | URL): Promise<void> {
    return writeFile(path, writeStereoWav(this.heard));
  }
}
