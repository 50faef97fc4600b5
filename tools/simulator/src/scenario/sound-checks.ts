import { delayMs, firstSoundMs, hasSpeech, isSilent, levelDbfs, speechShare } from '../heard/analysis.ts';
import { gapsIn } from '../heard/gaps.ts';
import { FRAME_MS } from '../media/audio-format.ts';
import type { Check, Outcome, Scope } from './check.ts';
import { describeSound } from './describe-sound.ts';
import type { GapsExpectation, Heard } from './heard-schema.ts';
import { isWithin, showRange } from './ranges.ts';
import { Stretches } from './stretches.ts';
import { count, duration, level } from './units.ts';

/** Speech is looked for in passages of this, each half over the one before. */
const PASSAGE_MS = 1000;
/** What is worth while to wait for longer, as speech is known when a passage of it is over. */
const SPARE_MS = 600;
const WATCHED_MS = 1000;
/** The search for an echo takes too long to be made more often. */
const ECHO_EVERY_MS = 1000;

export function speechCheck({ for: ms, within }: Heard<'speech'>, { watch, heardFrom }: Scope): Check {
  const track = watch.call.heard;
  const rate = track.sampleRateHz;
  const latestMs = within === undefined ? Number.POSITIVE_INFINITY : heardFrom.trackMs + within;
  let passageMs = heardFrom.trackMs;
  let beginMs: number | undefined;

  /** When the first speech began, as far as it is known. */
  const begin = (): number | undefined => {
    for (; beginMs === undefined && passageMs < track.durationMs; passageMs += PASSAGE_MS / 2) {
      const samples = track.heard(passageMs, passageMs + PASSAGE_MS);
      if (hasSpeech(samples, rate)) beginMs = passageMs + (firstSoundMs(samples, rate) ?? 0);
      // A passage that is not over yet is looked at again.
      else if (passageMs + PASSAGE_MS > track.durationMs) break;
    }
    return beginMs;
  };
  const look = (): Outcome => {
    const fromMs = begin();
    if (fromMs === undefined) {
      const found = `heard ${describeSound(track, heardFrom.trackMs, track.durationMs)}`;
      return { passed: false, found, isFinal: track.durationMs > latestMs + PASSAGE_MS };
    }
    const after = `after ${duration.show(fromMs - heardFrom.trackMs)}`;
    if (fromMs > latestMs) return { passed: false, found: `heard speech only ${after}`, isFinal: true };
    const samples = track.heard(fromMs);
    const spokenMs = Math.round(speechShare(samples, rate) * (samples.length / rate) * 1000);
    // The first passage had enough for the shortest speech there is.
    const passed = spokenMs >= ms || ms <= 200;
    return { passed, found: `heard speech ${after}, ${duration.show(spokenMs)} of it`, isFinal: passed };
  };
  return {
    text: `hears speech for ${duration.show(ms)}${within === undefined ? '' : ` within ${duration.show(within)}`}`,
    isLive: true,
    deadlineMs: (graceMs) => (within === undefined ? graceMs : heardFrom.atMs + within) + ms + SPARE_MS,
    look,
  };
}

export function nothingCheck({ for: ms }: Heard<'nothing'>, { watch, heardFrom, isStep }: Scope): Check {
  const track = watch.call.heard;
  const watchedMs = ms ?? (isStep ? WATCHED_MS : undefined);
  const untilMs = watchedMs === undefined ? Number.POSITIVE_INFINITY : heardFrom.trackMs + watchedMs;
  const sounds = new Stretches(track, {
    fromMs: heardFrom.trackMs,
    fits: (_, toMs) => !isSilent(track.heard(toMs - FRAME_MS, toMs)),
  });
  return {
    text: `hears nothing${watchedMs === undefined ? '' : ` for ${duration.show(watchedMs)}`}`,
    isLive: false,
    deadlineMs: () => heardFrom.atMs + (watchedMs ?? 0) + SPARE_MS,
    look() {
      const [sound] = sounds.all(watch.isOver);
      if (sound && sound.fromMs < untilMs) {
        const loud = level.show(levelDbfs(track.heard(sound.fromMs, sound.toMs)));
        const after = duration.show(sound.fromMs - heardFrom.trackMs);
        return { passed: false, found: `heard a sound at ${loud} after ${after}`, isFinal: true };
      }
      return { passed: true, found: 'heard nothing', isFinal: track.durationMs >= untilMs };
    },
  };
}

export function echoCheck({ delay: delays, within }: Heard<'echo'>, { watch, begin, heardFrom }: Scope): Check {
  const track = watch.call.heard;
  let lookedMs = Number.NEGATIVE_INFINITY;
  let outcome: Outcome = { passed: false, found: 'heard no audio at all', isFinal: false };
  return {
    text: `hears his echo, ${showRange(delays, duration)} later`,
    isLive: true,
    deadlineMs: (graceMs) => (within === undefined ? graceMs : heardFrom.atMs + within),
    look() {
      const isDue = track.durationMs - lookedMs >= ECHO_EVERY_MS || (watch.isOver && track.durationMs > lookedMs);
      if (outcome.isFinal || !isDue) return outcome;
      lookedMs = track.durationMs;
      const found = delayMs(track.said(begin.trackMs), track.heard(begin.trackMs), track.sampleRateHz);
      if (found) {
        const passed = isWithin(found.ms, delays);
        outcome = { passed, found: `heard it ${duration.show(found.ms)} later`, isFinal: passed };
      } else {
        outcome = {
          passed: false,
          found: `heard ${describeSound(track, begin.trackMs, track.durationMs)}, which is not what he said`,
          isFinal: false,
        };
      }
      return outcome;
    },
  };
}

export function gapsCheck({ count: counts, longest }: GapsExpectation, { watch, heardFrom, isStep }: Scope): Check {
  const track = watch.call.heard;
  const words = [
    ...(counts ? [`${showRange(counts, count)} gaps`] : []),
    ...(longest ? [`the longest gap ${showRange(longest, duration)}`] : []),
  ];
  return {
    text: `hears ${words.join(', ') || 'it with any gaps'}`,
    isLive: isStep,
    deadlineMs: (graceMs) => graceMs,
    look() {
      const gaps = gapsIn(track.heardPresence().subarray(heardFrom.trackMs / FRAME_MS));
      const longestMs = Math.max(0, ...gaps.map(({ fromTick, toTick }) => (toTick - fromTick) * FRAME_MS));
      const passed = (!counts || isWithin(gaps.length, counts)) && (!longest || isWithin(longestMs, longest));
      const found = gaps.length === 0 ? 'no gaps' : `${gaps.length} gaps, the longest ${duration.show(longestMs)}`;
      return { passed, found, isFinal: true };
    },
  };
}
