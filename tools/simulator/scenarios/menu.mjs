import { defineScenario } from '@kodama/simulator';

export const scenario = defineScenario({
  name: 'A caller chooses from a menu',
  answerUrl: 'http://127.0.0.1:8080/answer',
  // There is no WebSocket here to wait for.
  start: 'answered',
  steps: [
    { expect: { action: { name: 'input', within: '10s' } } },
    { press: '1' },
    { expect: { event: { status: 'input', with: { dtmf: { digits: '1' } }, answered: '2xx' } } },
    { expect: { action: { name: 'input', within: '10s' } } },
    { press: '42#' },
    { expect: { event: { status: 'input', with: { dtmf: { digits: '42' } }, answered: '2xx' } } },
    'hangUp',
  ],
  expect: [{ event: { status: 'completed', leg: 'caller' } }, { events: { answered: '2xx' } }],
});
