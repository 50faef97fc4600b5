import { remembersTokens, type WebhookConfig, webhookRules } from '../config/door-fields.ts';
import type { Seen } from '../signing/seen.ts';
import { WebhookVerifier } from '../signing/webhook-verifier.ts';
import type { Logger } from '../telemetry/logger.ts';
import { systemClock } from '../time/clock.ts';

/**
 * What the configuration asks of webhooks; `undefined`: nothing, and that is said loudly. Called once, at the start.
 *
 * @param seen where used tokens are remembered, asked for in mode `signature` alone
 */
export function webhookVerifier(config: WebhookConfig, logger: Logger, seen: () => Seen): WebhookVerifier | undefined {
  const rules = webhookRules(config);
  if (rules === undefined) {
    logger.warn('webhooks are NOT verified: whoever finds this address can send any. Set VONAGE_SIGNATURE_SECRETS');
    return undefined;
  }
  const { mode, secrets, apiKeys, applicationIds } = rules;
  logger.info(
    { mode, secrets: secrets.length, apiKeys: apiKeys.length, applicationIds: applicationIds.length },
    'webhooks are verified',
  );
  return new WebhookVerifier(rules, {
    nowMs: systemClock.epochMs,
    seen: remembersTokens(config) ? seen() : undefined,
  });
}
