import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { recordingName } from './recording-name.ts';

const startedAtEpochMs = Date.UTC(2026, 0, 31, 9, 5, 7, 45);
const socketId = '0d9b6c1e-1f2a-4c3d-8e5f-60718293a4b5';

const anyId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 128 }),
  fc.string({ maxLength: 128 }),
  fc.constantFrom('../../etc/passwd', 'CON', 'nul.wav', '\0', '/', '..', 'a\\b', '~', '-rf', ' ', 'ä'.repeat(128)),
);

describe('recordingName', () => {
  it('is the time of the beginning, the conversation and the socket', () => {
    const conversationUuid = 'CON-aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab';
    assert.equal(
      recordingName({ startedAtEpochMs, conversationUuid, socketId }),
      '2026-01-31T09-05-07-045Z_CON-aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab_0d9b6c1e-1f2a-4c3d-8e5f-60718293a4b5.wav',
    );
  });

  it('says that it knows no conversation where there is none, or nothing is left of it', () => {
    for (const conversationUuid of [undefined, '', '../\0']) {
      assert.equal(
        recordingName({ startedAtEpochMs, conversationUuid, socketId }),
        `2026-01-31T09-05-07-045Z_unknown_${socketId}.wav`,
      );
    }
  });

  it('is a plain file name of bounded length, whatever the ids are', () => {
    fc.assert(
      fc.property(anyId, anyId, (conversationUuid, socket) => {
        const name = recordingName({ startedAtEpochMs, conversationUuid, socketId: socket });
        assert.match(name, /^2026-01-31T09-05-07-045Z_[A-Za-z0-9-]{1,64}_[A-Za-z0-9-]{0,64}\.wav$/);
        assert.equal(basename(name), name);
      }),
      { numRuns: 1000 },
    );
  });

  it('is another one for another socket, whatever the conversation', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), anyId, (one, other, conversationUuid) => {
        fc.pre(one !== other);
        const names = [one, other].map((id) => recordingName({ startedAtEpochMs, conversationUuid, socketId: id }));
        assert.notEqual(names[0], names[1]);
      }),
    );
  });

  it('sorts by time', () => {
    const time = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(time, time, (one, other) => {
        const name = (date: Date) =>
          recordingName({ startedAtEpochMs: date.getTime(), conversationUuid: 'x', socketId });
        assert.equal(name(one) < name(other), one < other);
      }),
    );
  });
});
