import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { callWith, line, until } from '../testing/ncco-call.ts';
import { send, type silent } from '../testing/socket-behaviours.ts';
import { socketCall } from '../testing/socket-call.ts';

/** JSON of an object in an object, so many times. */
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

const report = async (ncco: readonly unknown[] | string) => {
  const answer = typeof ncco === 'string' ? { body: ncco, contentType: 'application/json' } : { json: ncco };
  await using stage = await callWith(() => [], { application: { answer } });
  return await stage.call.ended;
};

suite('an application cannot end the simulator', { concurrency: 4 }, () => {
  test('by an address that no request can be made of', async () => {
    const { problems } = await report([{ action: 'notify', payload: {}, eventUrl: ['http://%E0%A4%A@127.0.0.1:1/x'] }]);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^the notify event was not answered: .*URI malformed/);
  });

  test('by an NCCO that is nested very deep', async () => {
    const payload = nested(20_000);
    const { problems, failureCode } = await report(
      `[{"action":"notify","eventUrl":["http://127.0.0.1:1/x"],"payload":${payload}}]`,
    );
    assert.equal(failureCode, 'BAD_NCCO');
    assert.match(problems.join(), /a document of more than 100 levels is not an array of actions \[rule 2\.0\.1\]/);
  });

  test('by a command that is nested very deep', async () => {
    const text = `{"action":"notify","payload":${nested(20_000)}}`;
    await using stage = await socketCall({ socket: send(text) });
    await line(stage.call, /nested more than/);
    const { problems } = await stage.call.hangUp();
    assert.deepEqual(problems, ['the application sent text that is nested more than 100 levels deep [rule 3.5.6]']);
  });

  test('by twenty thousand bad commands', async () => {
    const many = ({ socket }: Parameters<typeof silent>[0]) => {
      for (let k = 0; k < 20_000; k++) socket.send(`{"action":"notify","payload":${k}}`);
    };
    await using stage = await socketCall({ socket: many });
    let texts = 0;
    stage.call.on('text', () => void texts++);
    const before = stage.call.timeline.filter(({ kind }) => kind === 'text').length;
    await until('all have come', () => texts + before >= 20_000 || stage.call.timeline.length >= 1000);
    const { problems } = await stage.call.hangUp();
    assert.deepEqual(problems, ['the payload of a notify command is 0, not an object [rule 3.5.3]']);
  });
});
