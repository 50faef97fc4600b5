import assert from 'node:assert/strict';
import { callIs } from './gateway-calls.ts';
import type { Service } from './services.ts';
import { TalkingCaller } from './talking-caller.ts';

/** Half a second. */
const FRAMES_AFTER = 25;

/**
 * Has something happen while an echo call goes on in the same gateway, and asserts that this call has noticed nothing: every
 * frame of it came back in its order, also those sent afterwards.
 */
export async function besideAnEcho(gateway: Service, happens: () => Promise<void>): Promise<void> {
  const neighbour = await TalkingCaller.call(gateway.port, { handler: 'echo' });
  await neighbour.hears(5);
  await happens();
  await neighbour.hears(neighbour.sent + FRAMES_AFTER);
  await neighbour.end.hangUp();
  const { echoed, sent } = neighbour;
  assert.deepEqual(
    echoed,
    Array.from({ length: sent }, (_, index) => index + 1),
  );
  const [leg] = (await callIs('ended', gateway, neighbour)).legs;
  assert.deepEqual([leg?.framesIn, leg?.framesOut], [sent, sent]);
  assert.deepEqual([leg?.framesDropped, leg?.framesUnhandled, leg?.handlerErrorCount], [0, 0, 0]);
  assert.deepEqual([leg?.closeCode, leg?.closedBy], [1000, 'peer']);
}
