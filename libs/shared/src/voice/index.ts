export * from './audio-format.ts';
export * from './call-event.ts';
export * from './ids.ts';
export * from './ncco.ts';
export * from './rfc3339.ts';
export * from './socket-headers.ts';
