/** Names of our own span attributes; docs/telemetry.md says what each one means, and a test holds that page to this list. */
export const attributes = {
  conversationUuid: 'kodama.conversation.uuid',
  legUuid: 'kodama.leg.uuid',
  eventKind: 'kodama.event.kind',
  eventDuplicate: 'kodama.event.duplicate',
  eventDeliveries: 'kodama.event.deliveries',
  socketId: 'kodama.leg.socket_id',
  gatewayId: 'kodama.gateway.id',
  sampleRateHz: 'kodama.audio.sample_rate_hz',
  framesIn: 'kodama.audio.frames_in',
  framesOut: 'kodama.audio.frames_out',
  framesWrongSize: 'kodama.audio.frames_wrong_size',
  framesDropped: 'kodama.audio.frames_dropped',
  framesShed: 'kodama.audio.frames_shed',
  framesLate: 'kodama.audio.frames_late',
  gapCount: 'kodama.audio.gap_count',
  longestGapMs: 'kodama.audio.longest_gap_ms',
  interarrivalJitterMs: 'kodama.audio.interarrival_jitter_ms',
  turnaroundP99Us: 'kodama.audio.turnaround_p99_us',
  handler: 'kodama.handler.name',
  framesUnhandled: 'kodama.handler.frames_unhandled',
  handlerErrorCount: 'kodama.handler.error_count',
  handlerSlowCount: 'kodama.handler.slow_count',
  handlerMaxMs: 'kodama.handler.max_ms',
  dtmfDigitCount: 'kodama.dtmf.digit_count',
  closeCode: 'kodama.leg.close_code',
  closedBy: 'kodama.leg.closed_by',
  door: 'kodama.door',
  refusalReason: 'kodama.refusal.reason',
} as const;

/** Names of our own counters; the same page and the same test. */
export const counters = {
  refusals: 'kodama.refusals',
  eventsRefused: 'kodama.events.refused',
} as const;
