import { z } from 'zod';
import type { VonageTokenRules } from '../signing/vonage-token.ts';
import type { WebhookRules } from '../signing/webhook-verifier.ts';
import { integer, list, secrets } from './fields.ts';

/** Shortest secret that is taken, characters. The ones of Vonage's are its own choice; ours are made by a machine. */
const MIN_VONAGE_SECRET = 8;
const MIN_OWN_SECRET = 32;

/** Whose tokens are Vonage's: for webhooks, and for sockets that Vonage signs. */
export const vonageTokenFields = {
  VONAGE_SIGNATURE_SECRETS: secrets(MIN_VONAGE_SECRET)
    .default([])
    .describe('signature secrets of the Vonage account, commas between; webhooks are verified as soon as there is one'),
  VONAGE_API_KEYS: list()
    .default([])
    .describe(
      'API keys of the accounts whose tokens are taken, commas between; default: any that signs with our secret',
    ),
  VONAGE_APPLICATION_IDS: list()
    .default([])
    .describe('ids of the applications whose tokens are taken, commas between; default: any of the account'),
  SIGNATURE_WINDOW_SECONDS: integer({ min: 60, max: 1800 })
    .default(300)
    .describe("seconds that a token's time may be off, before or after now, e.g. 300"),
};

export const webhookFields = {
  ...vonageTokenFields,
  WEBHOOK_VERIFICATION: z
    .enum(['off', 'signature', 'signature+hash'], { error: 'must be one of off, signature, signature+hash' })
    .optional()
    .describe('off, signature or signature+hash; default: signature+hash where there is a secret, else off'),
};

/** A type that {@link z.object} of {@link vonageTokenFields} fits. */
type VonageTokenConfig = z.output<z.ZodObject<typeof vonageTokenFields>>;
export type WebhookConfig = z.output<z.ZodObject<typeof webhookFields>>;

export function vonageTokenRules(config: VonageTokenConfig): VonageTokenRules {
  return {
    secrets: config.VONAGE_SIGNATURE_SECRETS,
    apiKeys: config.VONAGE_API_KEYS,
    applicationIds: config.VONAGE_APPLICATION_IDS,
    windowSeconds: config.SIGNATURE_WINDOW_SECONDS,
  };
}

/** `undefined` where webhooks are not verified. */
export function webhookRules(config: WebhookConfig): WebhookRules | undefined {
  const mode = config.WEBHOOK_VERIFICATION ?? (config.VONAGE_SIGNATURE_SECRETS.length > 0 ? 'signature+hash' : 'off');
  return mode === 'off' ? undefined : { mode, ...vonageTokenRules(config) };
}

/** Says whether the tokens of webhooks have to be remembered, in a place that is there for all instances. */
export function remembersTokens(config: WebhookConfig): boolean {
  return webhookRules(config)?.mode === 'signature';
}

/** What of them has to fit together: `z.object({ … }).superRefine(webhookSecretIsThere)`. */
export function webhookSecretIsThere(config: WebhookConfig, context: z.RefinementCtx): void {
  const { WEBHOOK_VERIFICATION: mode, VONAGE_SIGNATURE_SECRETS } = config;
  if (mode === undefined || mode === 'off' || VONAGE_SIGNATURE_SECRETS.length > 0) return;
  context.addIssue({
    code: 'custom',
    path: ['VONAGE_SIGNATURE_SECRETS'],
    message: `is required where WEBHOOK_VERIFICATION is ${mode}`,
  });
}

/** Who may open a socket: ncco-api names it in the NCCO, and the gateway asks for it. */
export const socketFields = {
  SOCKET_AUTH: z
    .enum(['token', 'vonage', 'off'], { error: 'must be one of token, vonage, off' })
    .default('token')
    .describe("token: one of ours, for one call and one socket; vonage: Vonage's own; off: whoever comes, e.g. token"),
  SOCKET_TOKEN_SECRETS: secrets(MIN_OWN_SECRET)
    .default([])
    .describe('secrets of the tokens, commas between, the first one signs, e.g. from openssl rand -hex 32'),
};

type SocketConfig = z.output<z.ZodObject<typeof socketFields>>;

/** What of them has to fit together: `z.object({ … }).superRefine(socketSecretIsThere)`. */
export function socketSecretIsThere(config: SocketConfig, context: z.RefinementCtx): void {
  if (config.SOCKET_AUTH !== 'token' || config.SOCKET_TOKEN_SECRETS.length > 0) return;
  context.addIssue({
    code: 'custom',
    path: ['SOCKET_TOKEN_SECRETS'],
    message: 'is required unless SOCKET_AUTH is vonage or off',
  });
}
