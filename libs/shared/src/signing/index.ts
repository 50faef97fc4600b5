export * from './bearer.ts';
export * from './payload-hash.ts';
export * from './refusal.ts';
export * from './seen.ts';
export * from './signed-claims.ts';
export * from './socket-token.ts';
export * from './vonage-token.ts';
export * from './webhook-verifier.ts';
