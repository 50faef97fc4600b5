import type { RuleSettings } from '../rules/rule-settings.ts';
import type { ConnectAction } from './actions.ts';
import { oneOf, seconds } from './kinds.ts';
import type { ObjectCheck } from './object-check.ts';

type MachineDetection = Pick<ConnectAction, 'machineDetection' | 'detectsBeep'>;

const CAMEL = 'advancedMachineDetection';
const SNAKE = 'advanced_machine_detection';
const LONGEST_BEEP_WAIT_S = 120;

const behaviour = oneOf('continue', 'hangup');

/** What becomes of a leg that a machine answers. The advanced kind wins. */
export function checkMachineDetection(check: ObjectCheck, rules: RuleSettings): MachineDetection {
  const machineDetection = check.optional('machineDetection', '2.5.6', behaviour);
  const key = advancedKey(check, rules);
  const advanced = check.inside(key, '2.5.7', (inner): MachineDetection => {
    const machine = inner.optional('behavior', '2.5.7', behaviour) ?? 'continue';
    const mode = inner.optional('mode', '2.5.7', oneOf('default', 'detect', 'detect_beep')) ?? 'detect';
    inner.optional('beep_timeout', '2.5.7', seconds(Number(rules.value('2.5.7')), LONGEST_BEEP_WAIT_S));
    return { machineDetection: machine, detectsBeep: mode === 'detect_beep' };
  });
  if (check.has('machineDetection') && check.has(key)) check.note('machineDetection', `is passed over: ${key} wins`);
  return advanced ?? { machineDetection, detectsBeep: false };
}

/** The key that counts; complains of the other spelling where only one is taken. */
function advancedKey(check: ObjectCheck, rules: RuleSettings): string {
  if (rules.is('2.5.8', 'either')) return check.has(CAMEL) ? CAMEL : SNAKE;
  const [right, wrong] = rules.is('2.5.8', 'camel') ? [CAMEL, SNAKE] : [SNAKE, CAMEL];
  if (check.has(wrong)) check.complain('2.5.8', wrong, `the key ${wrong}`, `spelt ${right}`);
  return right;
}
