import { vonageTokenRules } from '@kodama/shared/config';
import { type Seen, SocketTokens, VonageTokens } from '@kodama/shared/signing';
import { systemClock } from '@kodama/shared/time';
import type { GatewayConfig } from '../config.ts';
import { openDoor, type SocketDoor, tokenDoor, vonageDoor } from './socket-door.ts';

/** The door that the configuration asks for. @param seen remembers which tokens were used */
export function socketDoorOf(config: Omit<GatewayConfig, 'REDIS_URL'>, seen: Seen): SocketDoor {
  const nowMs = systemClock.epochMs;
  switch (config.SOCKET_AUTH) {
    case 'token':
      return tokenDoor(new SocketTokens(config.SOCKET_TOKEN_SECRETS, { nowMs }), seen, {
        nowMs,
        windowSeconds: config.SIGNATURE_WINDOW_SECONDS,
      });
    case 'vonage':
      return vonageDoor(new VonageTokens(vonageTokenRules(config), nowMs), seen, config.SIGNATURE_WINDOW_SECONDS);
    case 'off':
      return openDoor;
  }
}
