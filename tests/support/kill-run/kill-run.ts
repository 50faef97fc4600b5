import type { Deployment } from '../deployment.ts';
import { check, type Findings, type StreamMessage } from './checker.ts';
import type { Outcome } from './delivery.ts';
import { Killer } from './killer.ts';
import { Ledger } from './ledger.ts';
import { untilProjected } from './projection.ts';
import { Sender, type SenderOptions } from './sender.ts';
import { readStream } from './stream.ts';

export interface KillRun {
  readonly ledger: Ledger;
  readonly killer: Killer;
  /** Of events that were sent again when everything was up. */
  readonly repeatsAtEnd: readonly Outcome[];
  readonly messages: readonly StreamMessage[];
  readonly findings: Findings;
  readonly sentMs: number;
  /** From the last event on until it was in its timeline. */
  readonly projectedMs: number;
}

/** Sends events through a deployment while its parts are killed, and holds what it kept against what it had acknowledged. */
export async function killRun(deployment: Deployment, options: Omit<SenderOptions, 'url'>): Promise<KillRun> {
  const ledger = new Ledger();
  const killer = new Killer(deployment, ledger);
  using sender = new Sender({ url: `${deployment.url}/webhooks/event`, ...options }, ledger);
  const sent = new AbortController();
  const sending = async () => {
    await sender.run().finally(() => sent.abort());
    const sentMs = ledger.elapsedMs;
    await untilProjected(deployment);
    return { sentMs, projectedMs: ledger.elapsedMs - sentMs };
  };
  const [times] = await Promise.all([sending(), killer.run(sent.signal)]);
  const repeatsAtEnd = await sender.repeatLast();
  const messages = await readStream(deployment);
  return { ledger, killer, repeatsAtEnd, messages, findings: check(ledger.deliveries, messages), ...times };
}
