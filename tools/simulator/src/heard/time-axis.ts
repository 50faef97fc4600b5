const NICE_STEPS_MS = [
  20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000,
  1_800_000,
];

const HOUR_MS = 3_600_000;

/** The moments from 0 to below the end that an axis names: round ones, no more of them than this, at least one. */
export function axisTicksMs(durationMs: number, most: number): number[] {
  const isEnough = (stepMs: number) => Math.ceil(durationMs / stepMs) <= most;
  const stepMs = NICE_STEPS_MS.find(isEnough) ?? HOUR_MS * Math.max(1, Math.ceil(durationMs / HOUR_MS / most));
  return Array.from({ length: Math.max(1, Math.ceil(durationMs / stepMs)) }, (_, k) => k * stepMs);
}

/** `0.5 s`, `12 s`, `1:05`, `1:00:00`. */
export function timeLabel(ms: number): string {
  if (ms < 60_000) return `${ms / 1000} s`;
  const seconds = String(Math.floor(ms / 1000) % 60).padStart(2, '0');
  const minutes = Math.floor(ms / 60_000);
  if (ms < HOUR_MS) return `${minutes}:${seconds}`;
  return `${Math.floor(ms / HOUR_MS)}:${String(minutes % 60).padStart(2, '0')}:${seconds}`;
}
