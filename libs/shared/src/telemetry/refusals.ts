import { type Counter, metrics } from '@opentelemetry/api';
import type { RefusalReason } from '../signing/refusal.ts';
import { attributes, counters } from './attributes.ts';

/** What can be knocked at. */
export type Door = 'ncco' | 'events' | 'socket' | 'calls';

let counter: Counter | undefined;

/** Counts a request that a door did not open for. With OTEL_METRICS_EXPORTER unset this is nothing. */
export function countRefusal(door: Door, reason: RefusalReason | 'token'): void {
  counter ??= metrics.getMeter('kodama').createCounter(counters.refusals, {
    description: 'Requests that were refused at a door: not signed, not authorised, used before',
    unit: '{request}',
  });
  counter.add(1, { [attributes.door]: door, [attributes.refusalReason]: reason });
}
