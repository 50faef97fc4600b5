import { bearerToken } from './bearer.ts';
import { fingerprintOf, isHashOf, type SignedPayload } from './payload-hash.ts';
import { TokenRefusedError } from './refusal.ts';
import type { Seen } from './seen.ts';
import { type VonageTokenRules, VonageTokens } from './vonage-token.ts';

export interface WebhookRules extends VonageTokenRules {
  /**
   * - `signature`: the token is Vonage's. It does not say what came with it, so each may be used for one payload only.
   * - `signature+hash`: the token is Vonage's, and was made for this very payload. Whoever sends it again sends the same again.
   */
  readonly mode: 'signature' | 'signature+hash';
}

/** Says of a webhook whether it is Vonage's, and not the same token again with something else. */
export class WebhookVerifier {
  readonly #mode: WebhookRules['mode'];
  readonly #tokens: VonageTokens;
  readonly #rememberMs: number;
  readonly #seen: Seen | undefined;

  /** @param seen of use in mode `signature` alone */
  constructor(rules: WebhookRules, { nowMs, seen }: { nowMs: () => number; seen?: Seen | undefined }) {
    if (rules.mode === 'signature' && seen === undefined) throw new TypeError('mode signature has to remember tokens');
    this.#mode = rules.mode;
    this.#tokens = new VonageTokens(rules, nowMs);
    // A token that was made as far ahead as it may be is taken until as far behind. A second more: the place that remembers
    // has a clock of its own.
    this.#rememberMs = rules.windowSeconds * 2000 + 1000;
    this.#seen = seen;
  }

  /**
   * Done at once in mode `signature+hash`, so that webhooks go on in the order in which they came.
   *
   * @returns the token's id
   * @throws TokenRefusedError, also as a rejection
   */
  verify(authorization: string | undefined, payload: SignedPayload): string | Promise<string> {
    const { jti, payloadHash } = this.#tokens.accept(bearerToken(authorization));
    if (this.#mode === 'signature+hash') {
      if (payloadHash === undefined || !isHashOf(payloadHash, payload)) throw new TokenRefusedError('payload');
      return jti;
    }
    return this.#notWithAnother(jti, fingerprintOf(payload));
  }

  /** The same again is a delivery that Vonage repeats; whether it is kept twice is the stream's business. */
  async #notWithAnother(jti: string, fingerprint: string): Promise<string> {
    const before = await this.#seen?.before(`webhook:${jti}`, fingerprint, this.#rememberMs);
    if (before !== undefined && before !== fingerprint) throw new TokenRefusedError('replayed');
    return jti;
  }
}
