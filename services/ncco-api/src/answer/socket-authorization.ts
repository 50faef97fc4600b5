import type { SocketTokens } from '@kodama/shared/signing';
import type { CallIdentity, SocketAuthorization } from '@kodama/shared/voice';

/**
 * What a call's socket has to show at the gateway: `undefined` where that asks for nothing.
 *
 * @param webhookId of the token that the answer webhook was signed with, where it was
 */
export type SocketAuthorizer = (call: CallIdentity, webhookId?: string) => SocketAuthorization | undefined;

/** A token of ours, which lets one socket in, of this call. */
export function byToken(tokens: SocketTokens): SocketAuthorizer {
  // As a header, and not in the URI: that is in the logs of everything on the way.
  return (call, webhookId) => ({ type: 'custom', value: `Bearer ${tokens.issue(call, webhookId)}` });
}

/** Whatever Vonage signs for the socket. */
export const byVonage: SocketAuthorizer = () => ({ type: 'vonage' });

export const byNothing: SocketAuthorizer = () => undefined;
