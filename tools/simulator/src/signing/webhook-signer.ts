import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { RuleSettings } from '../rules/rule-settings.ts';
import { payloadHashOf, type SignedRequest, sha256 } from './payload-hash.ts';

export interface WebhookSignerOptions {
  /** The account's signature secret, as the dashboard shows it. */
  readonly secret: string;
  readonly apiKey?: string;
  readonly applicationId?: string;
  /** Epoch ms; the system's clock unless given. */
  readonly clock?: () => number;
  /** Makes the token's id; a random UUID unless given. */
  readonly jti?: () => string;
}

/**
 * Signs webhooks and socket handshakes as Vonage does: an HS256 token under the account's signature secret.
 *
 * The secret is kept as a key object in a private field, so that no log, inspection or JSON of a signer shows it.
 */
export class WebhookSigner {
  readonly #key: KeyObject;
  readonly #rules: RuleSettings;
  readonly #sender: { readonly api_key?: string; readonly application_id?: string };
  readonly #clock: () => number;
  readonly #jti: () => string;

  /** @throws {TypeError} where the secret is empty, or is not base64 though the rules take it for that. */
  constructor(options: WebhookSignerOptions, rules: RuleSettings) {
    const { secret, apiKey, applicationId, clock = Date.now, jti = randomUUID } = options;
    this.#key = createSecretKey(rules.is('5.2.3', 'base64') ? fromBase64(secret) : fromText(secret));
    this.#rules = rules;
    this.#sender = {
      ...(apiKey !== undefined && { api_key: apiKey }),
      ...(applicationId !== undefined && { application_id: applicationId }),
    };
    this.#clock = clock;
    this.#jti = jti;
  }

  /** The Authorization header's value for a webhook. */
  forWebhook(request: SignedRequest): Promise<string> {
    return this.#sign(payloadHashOf(request, this.#rules));
  }

  /** The Authorization header's value for the upgrade of a WebSocket. An upgrade has no body, which is what a hash is over. */
  forSocket(): Promise<string> {
    return this.#sign(this.#rules.is('5.4.2', 'yes') ? sha256('') : undefined);
  }

  async #sign(payloadHash: string | undefined): Promise<string> {
    const claims = {
      iat: Math.floor(this.#clock() / 1000),
      jti: this.#jti(),
      iss: 'Vonage',
      ...(payloadHash !== undefined && { payload_hash: payloadHash }),
      ...this.#sender,
    };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(this.#key);
    return `Bearer ${token}`;
  }
}

function fromText(secret: string): Buffer {
  if (secret === '') throw new TypeError('secret: is empty; it must be the signature secret of the account');
  return Buffer.from(secret);
}

/** Checked first, as Node's decoder passes over whatever is not base64. */
function fromBase64(secret: string): Buffer {
  if (!/^[A-Za-z0-9+/_-]{2,}={0,2}$/.test(secret)) {
    throw new TypeError('secret: is not base64, which the setting of rule 5.2.3 takes it for');
  }
  return Buffer.from(secret, 'base64');
}
