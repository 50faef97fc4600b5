import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Simulator } from '../simulator.ts';
import { startApplicationServer } from '../testing/application.ts';
import { placeCall } from './place-call.ts';

const TALKS_FOR_EVER = [{ action: 'talk', text: 'hi', loop: 0 }];

describe('the limits of a call', () => {
  it('the caller hangs up where no socket is open in time', { timeout: 20_000 }, async () => {
    await using application = await startApplicationServer({ answer: () => TALKS_FOR_EVER });
    const { answerUrl, eventUrl } = application;
    const report = await placeCall({ answerUrl, eventUrl, connectLimitMs: 400 });
    assert.deepEqual(report.problems, ['no WebSocket was opened within 0.4 s']);
    assert.equal(report.verdict, 'failed');
    assert.ok(report.durationMs >= 390, `${report.durationMs} ms`);
  });

  it('a call whose socket is open in time may last longer', async () => {
    await using application = await startApplicationServer();
    const { answerUrl, eventUrl } = application;
    const report = await placeCall({ answerUrl, eventUrl, seconds: 1.2, connectLimitMs: 1000 });
    assert.deepEqual(report.problems, []);
    assert.ok(report.durationMs > 1000, `${report.durationMs} ms`);
  });

  it('the time for the socket is above 0 and up to two hours', async () => {
    const answerUrl = 'http://127.0.0.1:9/answer';
    for (const connectLimitMs of [0, -1, Number.NaN, 7_200_001]) {
      await assert.rejects(placeCall({ answerUrl, connectLimitMs }), /^RangeError: connectLimitMs: .* up to 7200000$/);
    }
  });

  it('a call ends after two hours, and not a millisecond before', { timeout: 20_000 }, async ({ mock }) => {
    await using application = await startApplicationServer({ answer: () => TALKS_FOR_EVER });
    await using simulator = await Simulator.start({ answerUrl: application.answerUrl, eventUrl: application.eventUrl });
    mock.timers.enable({ apis: ['setTimeout'] });
    const call = simulator.begin();
    await call.answered;
    mock.timers.tick(7_199_999);
    assert.equal(call.over.aborted, false);
    mock.timers.tick(1);
    assert.equal(call.over.aborted, true);
    mock.timers.reset();
    const { notes, verdict } = await call.ended;
    assert.deepEqual(notes, ['the call was ended after 7200 s: no leg lasts longer [rule 2.5.5]']);
    assert.equal(verdict, 'passed');
  });

  it('an application whose every reply is another NCCO is stopped', { timeout: 20_000 }, async () => {
    await using application = await startApplicationServer({
      answer: (_, { eventUrl }) => notifying(eventUrl),
      events: ({ fields }, { eventUrl }) => (fields.payload ? { body: JSON.stringify(notifying(eventUrl)) } : {}),
    });
    await using simulator = await Simulator.start({ answerUrl: application.answerUrl, eventUrl: application.eventUrl });
    const report = await simulator.begin().ended;
    assert.deepEqual(report.problems, ['the application keeps replying with another NCCO: 50 in 10 s']);
    assert.equal(report.events.filter(({ body }) => body.payload).length, 51);
  });
});

const notifying = (eventUrl: string) => [{ action: 'notify', payload: { again: true }, eventUrl: [eventUrl] }];
