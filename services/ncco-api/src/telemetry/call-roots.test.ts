import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { beforeEach, describe, it } from 'node:test';
import { Arrival } from '@kodama/shared/telemetry';
import { recordSpans } from '@kodama/shared/testing';
import { parseConversationUuid } from '@kodama/shared/voice';
import { trace } from '@opentelemetry/api';
import type { Response } from 'express';
import { CallRoots } from './call-roots.ts';

const recorded = recordSpans();
const conversation = (n: number) => `CON-5b1b0f3e-3b0f-4f7e-9a55-${String(n).padStart(12, '1')}`;

function answer(roots: CallRoots, conversationUuid: string | undefined): void {
  const res = new EventEmitter();
  roots.follow(
    { conversationUuid: parseConversationUuid(conversationUuid), legUuid: undefined },
    new Arrival(),
    res as Response,
  );
  res.emit('close');
}

describe('the roots of calls', () => {
  beforeEach(() => recorded.reset());

  it('are one a call', () => {
    const roots = new CallRoots(trace.getTracer('test'));
    for (const n of [1, 2, 1, 1, 2]) answer(roots, conversation(n));
    assert.equal(recorded.ended().length, 2);
  });

  it('are none without a conversation that has a UUID', () => {
    const roots = new CallRoots(trace.getTracer('test'));
    answer(roots, undefined);
    answer(roots, 'CON-1');
    assert.deepEqual(recorded.ended(), []);
  });

  it('are remembered up to the capacity, the oldest forgotten first', () => {
    const roots = new CallRoots(trace.getTracer('test'), 2);
    for (const n of [1, 2, 3]) answer(roots, conversation(n));
    recorded.reset();
    for (const n of [2, 3]) answer(roots, conversation(n));
    assert.equal(recorded.ended().length, 0);
    answer(roots, conversation(1));
    assert.equal(recorded.ended().length, 1);
  });
});
