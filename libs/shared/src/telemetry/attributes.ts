/** Names of our own span attributes; docs/telemetry.md says what each one means, and a test holds that page to this list. */
export const attributes = {
  conversationUuid: 'kodama.conversation.uuid',
  legUuid: 'kodama.leg.uuid',
} as const;
