import { collected } from '../events/call-event.ts';
import type { EventTarget } from '../events/event-sender.ts';
import type { Leg } from '../legs/leg.ts';
import type { LiveCall } from './live-call.ts';

/** Sends an input event for each key that is pressed. @returns what ends that. */
export function tellOfEachKey(call: LiveCall, leg: Leg, target: EventTarget): () => void {
  const isSwapped = call.platform.rules.is('4.2.9', 'swapped');
  return call.keys.listen((digit) => {
    const input = { dtmf: { digits: digit, timed_out: false }, speech: undefined };
    void call.sender.send(collected(leg.facts, input, isSwapped, new Date()), target);
  });
}
