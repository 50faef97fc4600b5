import type { CallOptions } from '../call/call-options.ts';
import type { CallReport } from '../call/call-report.ts';
import type { SimulatorOptions } from '../platform/options.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import type { SwitchId, SwitchValue } from '../rules/switches.ts';
import type { ApplicationOptions } from './application.ts';
import { callWith, type NccoCall } from './ncco-call.ts';
import type { SeenConnection } from './seen-connection.ts';

/** A call that is connected to the application's socket. */
export interface SocketCall extends NccoCall {
  readonly connection: SeenConnection;
}

/** Places a call on an application whose NCCO is one connect to its socket; fulfilled when that is open. */
export async function socketCall(
  application: ApplicationOptions = {},
  simulator: Partial<SimulatorOptions> = {},
  call: CallOptions = {},
): Promise<SocketCall> {
  const stage = await callWith(({ ncco }) => ncco, { application, simulator, call });
  const connection = await stage.application.connections.first();
  await stage.call.connected();
  return { ...stage, connection };
}

/** What is noted of the application; that a busy machine made the simulator late says nothing of that. */
export const notesOf = ({ notes }: CallReport): string[] =>
  notes.filter((note) => !note.startsWith('this process itself was late'));

/** The rules taken in these ways, the rest as usual. */
export const taken = (rules: Partial<{ [Id in SwitchId]: SwitchValue<Id> }>): Pick<SimulatorOptions, 'rules'> => ({
  rules: new RuleSettings(rules),
});

/** The text messages that have come to the application, as they came. */
export const textsOf = ({ texts }: SeenConnection): string[] => texts.all.map(({ text }) => text);

/** The audio that has come to the application, one after the other. */
export const audioOf = ({ frames }: SeenConnection): Buffer[] => frames.all.flatMap(({ audio }) => audio ?? []);
