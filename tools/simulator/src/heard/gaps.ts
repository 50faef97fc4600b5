/** Ticks in a row without audio, between two that have it. */
export interface Gap {
  readonly fromTick: number;
  /** The first tick after the gap. */
  readonly toTick: number;
}

/** @param presence a value a tick, 0 where there was no audio. What is missing at the beginning or the end is no gap. */
export function gapsIn(presence: Uint8Array): Gap[] {
  const gaps: Gap[] = [];
  let lastPresent = presence.indexOf(1);
  if (lastPresent < 0) return gaps;
  for (let tick = lastPresent + 1; tick < presence.length; tick++) {
    if (presence[tick] === 0) continue;
    if (tick - lastPresent > 1) gaps.push({ fromTick: lastPresent + 1, toTick: tick });
    lastPresent = tick;
  }
  return gaps;
}
