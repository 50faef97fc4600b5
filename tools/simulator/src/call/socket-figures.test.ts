import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timeline } from './call-timeline.ts';
import { Findings } from './findings.ts';
import { judgeSocket, NO_SOCKET, type SocketEnd, type SocketFigures } from './socket-figures.ts';

/** What is said of a socket of two seconds in which nothing was wrong but what is given. */
function judged(figures: Partial<SocketFigures>, end: Partial<SocketEnd> = {}) {
  const findings = new Findings(new Timeline());
  const good: SocketFigures = {
    ...NO_SOCKET,
    framesSent: 100,
    framesReceived: 100,
    expectsEcho: true,
    framesEchoed: 100,
    closeCode: 1000,
    closeReason: '',
    closedBy: 'caller',
  };
  judgeSocket(
    { ...good, ...figures },
    { protocolError: undefined, wasReset: false, wasHungUp: false, ...end },
    findings,
  );
  return { problems: findings.problems, notes: findings.notes };
}

const NOTHING = { problems: [], notes: [] };

describe('what is said of a socket', () => {
  it('is nothing where nothing was wrong', () => {
    assert.deepEqual(judged({}), NOTHING);
  });

  it('is each kind of frame that is no echo', () => {
    assert.deepEqual(judged({ framesMissing: 1, framesAltered: 2, framesUnexpected: 3 }).problems, [
      '1 frame did not come back',
      '2 frames came back altered',
      '3 frames came back that were not sent, or more than once',
    ]);
  });

  it('is nothing of the echo where none is expected, or this side has cut the connection', () => {
    assert.deepEqual(judged({ framesMissing: 1, expectsEcho: false }), NOTHING);
    assert.deepEqual(judged({ framesMissing: 1, closedBy: 'platform', closeCode: 1006 }), NOTHING);
    assert.deepEqual(judged({ framesMissing: 1, closedBy: 'platform' }, { wasHungUp: true }).problems, [
      '1 frame did not come back',
    ]);
  });

  it('is a problem where an echo is expected and the application hangs up, and else a note', () => {
    const close = { closedBy: 'application', closeCode: 4000, closeReason: 'bye' } as const;
    const sentence = 'the application closed the socket with 4000 (bye) after 100 frames [rule 3.6.2]';
    assert.deepEqual(judged(close), { problems: [sentence], notes: [] });
    assert.deepEqual(judged({ ...close, expectsEcho: false }), { problems: [], notes: [sentence] });
  });

  it('is a problem where the application says by the code that something went wrong, echo or not', () => {
    const close = { closedBy: 'application', closeReason: 'the handler failed', expectsEcho: false } as const;
    for (const closeCode of [1002, 1003, 1007, 1008, 1009, 1011]) {
      const sentence = `the application closed the socket with ${closeCode} (the handler failed) after 100 frames [rule 3.6.2]`;
      assert.deepEqual(judged({ ...close, closeCode }), { problems: [sentence], notes: [] });
    }
    assert.deepEqual(judged({ ...close, closeCode: 1001 }).problems, []);
  });

  it('is a problem where the connection breaks, with the breach of the protocol that it broke at', () => {
    const broken = { closedBy: 'connection', closeCode: 1006, framesSent: 1 } as const;
    const sentence = 'the connection broke with 1006 after 1 frame [rule 3.6.2]';
    assert.deepEqual(judged({ ...broken, expectsEcho: false }).problems, [sentence]);
    assert.deepEqual(judged(broken, { protocolError: 'Invalid WebSocket frame' }).problems, [
      'the socket broke: Invalid WebSocket frame',
      sentence,
    ]);
  });

  it('is a note where the call was told to break the connection', () => {
    const broken = { closedBy: 'connection', closeCode: 1006, framesMissing: 3 } as const;
    assert.deepEqual(judged(broken, { wasReset: true }), {
      problems: [],
      notes: ['the connection broke with 1006 after 100 frames, as it was told to [rule 3.6.2]'],
    });
  });

  it('is a note of frames without room, unless the connection was closed at the first of them', () => {
    assert.deepEqual(judged({ framesOverflowed: 928 }).notes, [
      '928 frames found no room in the play-out buffer [rule 3.4.6]',
    ]);
    assert.deepEqual(judged({ framesOverflowed: 1, closedBy: 'platform' }), NOTHING);
  });

  it('is a note where nothing at all came in a second or more', () => {
    const silent = { expectsEcho: false, framesReceived: 0, framesEchoed: 0 } as const;
    assert.deepEqual(judged({ ...silent, framesSent: 50 }).notes, [
      'the application sent nothing at all, while it was sent 50 frames',
    ]);
    assert.deepEqual(judged({ ...silent, framesSent: 49 }), NOTHING);
    assert.deepEqual(judged({ ...silent, textMessages: 1 }), NOTHING);
  });

  it('is a note where this process itself was late, which fails nothing', () => {
    assert.deepEqual(judged({ ownLatenessMs: { p99: 10, max: 30 } }), NOTHING);
    const { problems, notes } = judged({ ownLatenessMs: { p99: 10.001, max: 30 } });
    assert.deepEqual([problems, notes.length], [[], 1]);
  });
});
