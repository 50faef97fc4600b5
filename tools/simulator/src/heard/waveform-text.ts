import { FRAME_MS } from '../media/audio-format.ts';
import { gapsIn } from './gaps.ts';
import type { HeardTrack } from './heard-track.ts';
import { levelDbfs } from './level.ts';
import { axisTicksMs, timeLabel } from './time-axis.ts';

/** From next to silence to the loudest; each is 6 dB above the one before. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const DB_PER_BLOCK = 6;
/** The level at which the second block begins. */
const SECOND_BLOCK_DBFS = -48;

const GAP = '·';
const TICK = '╵';

/** Width of the names of the rows; a narrower terminal than the second does without. */
const NAME_WIDTH = 6;
const LEAST_WIDTH_WITH_NAMES = 16;

/** The room that a label of the axis has at least. */
const LABEL_WIDTH = 9;

/** A column's ticks, of which there is at least one. */
interface Cell {
  readonly fromTick: number;
  readonly toTick: number;
}

/**
 * A picture of the track for terminals, of lines that end in a newline and are no wider than so many columns: the levels of
 * what was said and what was heard, and the time. Where there was no audio there is no block. A dot stands in place of the
 * block where half of its time is a gap, and in a row of their own stand the dots of all gaps, however short.
 */
export function waveformText(track: HeardTrack, columns: number): string {
  const nameWidth = columns < LEAST_WIDTH_WITH_NAMES ? 0 : NAME_WIDTH;
  const width = Math.max(1, Math.floor(columns) - nameWidth);
  const cells = cellsOf(track.durationMs / FRAME_MS, width);
  const heardPresence = track.heardPresence();
  const gapTicks = new Uint8Array(heardPresence.length);
  for (const { fromTick, toTick } of gapsIn(heardPresence)) gapTicks.fill(1, fromTick, toTick);
  const gapShares = cells.map((cell) => share(gapTicks, cell));

  const said = blocks(cells, track.saidPresence(), (fromMs, toMs) => track.said(fromMs, toMs));
  const heard = blocks(cells, heardPresence, (fromMs, toMs) => track.heard(fromMs, toMs));
  const rows: [name: string, row: string][] = [
    ['said', said.join('')],
    ['heard', heard.map((block, i) => ((gapShares[i] as number) >= 0.5 ? GAP : block)).join('')],
  ];
  if (gapTicks.includes(1)) rows.push(['gaps', gapShares.map((part) => (part > 0 ? GAP : ' ')).join('')]);
  rows.push(['', axis(track.durationMs, width)]);
  return rows.map(([name, row]) => `${`${name.padEnd(nameWidth).slice(0, nameWidth)}${row}`.trimEnd()}\n`).join('');
}

/** Shares the ticks out; where there are fewer of them than columns, a tick has several. */
function cellsOf(ticks: number, width: number): Cell[] {
  if (ticks === 0) return [];
  return Array.from({ length: width }, (_, i) => {
    const fromTick = Math.floor((i * ticks) / width);
    return { fromTick, toTick: Math.max(fromTick + 1, Math.floor(((i + 1) * ticks) / width)) };
  });
}

function blocks(
  cells: readonly Cell[],
  presence: Uint8Array,
  samples: (fromMs: number, toMs: number) => Int16Array,
): string[] {
  return cells.map((cell) => {
    if (share(presence, cell) === 0) return ' ';
    const level = levelDbfs(samples(cell.fromTick * FRAME_MS, cell.toTick * FRAME_MS));
    const block = Math.floor((level - SECOND_BLOCK_DBFS) / DB_PER_BLOCK) + 1;
    return BLOCKS[Math.max(0, Math.min(BLOCKS.length - 1, block))] as string;
  });
}

/** The part of a cell's ticks that are set. */
function share(ticks: Uint8Array, { fromTick, toTick }: Cell): number {
  let count = 0;
  for (let tick = fromTick; tick < toTick; tick++) count += ticks[tick] as number;
  return count / (toTick - fromTick);
}

function axis(durationMs: number, width: number): string {
  if (durationMs === 0) return '';
  let line = '';
  for (const atMs of axisTicksMs(durationMs, Math.max(1, Math.floor(width / LABEL_WIDTH)))) {
    line = line.padEnd(Math.floor((atMs / durationMs) * width)) + TICK;
    // Half a label would be another moment.
    if (line.length + timeLabel(atMs).length <= width) line += timeLabel(atMs);
  }
  return line;
}
