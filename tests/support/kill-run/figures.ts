import type { Outcome } from './delivery.ts';
import type { KillRun } from './kill-run.ts';

/** What a run came to, a line each. */
export function figures({ ledger, killer, repeatsAtEnd, messages, findings, sentMs, projectedMs }: KillRun): string[] {
  const { deliveries, acknowledged, repeats, longestSilenceMs } = ledger;
  const calls = new Set(deliveries.map(({ event }) => event.conversation)).size;
  const twice = deliveries.filter(({ outcomes }) => outcomes.length > 1);
  const saved = twice.filter((delivery) => delivery.acknowledged).length;
  const givenUp = deliveries.filter((delivery) => !delivery.acknowledged);
  const { lost, neverSent, outOfOrder } = findings;
  const victims = Object.entries(killer.kills).map(([what, times]) => `${what} ${times}`);
  return [
    `sent: ${deliveries.length} events of ${calls} calls in ${seconds(sentMs)}, ${Math.round((acknowledged / sentMs) * 1000)} acknowledged a second`,
    `acknowledged: ${acknowledged}, of them ${saved} at the second try; the longest time without one: ${seconds(longestSilenceMs)}`,
    `tried again: ${twice.length}, after ${counts(twice.map(({ outcomes }) => outcomes[0]))}`,
    `given up: ${givenUp.length}, after ${counts(givenUp.map(({ outcomes }) => outcomes.at(-1)))}`,
    `sent again though acknowledged: ${repeats.length}, answered ${counts(repeats)}; of them at the end: ${repeatsAtEnd.length}, ${counts(repeatsAtEnd)}`,
    `kills: ${killer.total} (${victims.join(', ')}); requests that met each: ${Math.min(...killer.met)} to ${Math.max(...killer.met)}`,
    `in the stream: ${messages.length} messages; lost ${lost.length}, twice ${findings.twice.length}, never sent ${neverSent.length}, out of order ${outOfOrder.length}`,
    `projected: ${seconds(projectedMs)} after the last event`,
  ];
}

function counts(outcomes: readonly (Outcome | undefined)[]): string {
  const groups = [...Map.groupBy(outcomes, String)].map(([outcome, all]) => `${outcome}: ${all.length}`);
  return groups.length === 0 ? 'nothing' : groups.toSorted().join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
