// npm run new-handler -- NAME: makes a handler's file and its test, which passes as it is.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { HANDLER_NAME } from '../libs/shared/src/voice/index.ts';

const FOLDER = 'services/media-gateway/src/handlers';

const handlerSource = (name: string, exported: string) => `import { defineHandler, tone } from '@kodama/handler-kit';

/** TODO: what a caller of this handler hears. For now: a short tone, then an echo; a key plays another tone. */
export const ${exported} = defineHandler({
  name: '${name}',
  state: () => ({ keys: 0 }),
  async onStart(call) {
    await call.out.play(tone({ hz: 440, ms: 300 }));
  },
  onAudio(call, frame) {
    call.out.pass(frame);
  },
  async onDtmf(call) {
    call.state.keys += 1;
    call.out.clear();
    await call.out.play(tone({ hz: 880, ms: 300 }));
  },
  onEnd(call, end) {
    call.log.info({ keys: call.state.keys, end }, '${name} is over');
  },
});
`;

const testSource = (name: string, exported: string) => `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callHandler } from '@kodama/handler-testing';
import { ${exported} } from './${name}.ts';

test('${name} greets with a tone, and answers a key with another', async () => {
  const call = await callHandler(${exported}, { presses: [{ atMs: 1000, digit: '1' }], seconds: 2 });
  const [greeting, answer, ...more] = call.sounds();
  assert.equal(Math.round(greeting?.hz ?? 0), 440);
  assert.equal(Math.round(answer?.hz ?? 0), 880);
  assert.deepEqual(more, []);
});
`;

const name = process.argv[2] ?? '';
if (!HANDLER_NAME.test(name)) {
  fail(`npm run new-handler -- NAME: lower-case letters, digits and dashes, 40 at most, a letter first, e.g. my-bot`);
}
const exported = name.replace(/-+(.?)/g, (_dash, next: string) => next.toUpperCase());
const files = {
  [`${FOLDER}/${name}.ts`]: handlerSource(name, exported),
  [`${FOLDER}/${name}.test.ts`]: testSource(name, exported),
};
for (const path of Object.keys(files)) {
  if (existsSync(path)) fail(`${path} is there already`);
}
for (const [path, source] of Object.entries(files)) {
  await writeFile(path, source, { flag: 'wx' });
  console.log(`made ${path}`);
}
console.log(`
test it    npm run test:unit -- ${FOLDER}/${name}.test.ts
call it    HANDLER=${name} npm start, and in another terminal: npm run call -- --no-echo --dtmf 1@2 --report heard.html
read on    docs/handlers.md`);

function fail(message: string): never {
  console.error(`kodama: ${message}`);
  process.exit(1);
}
