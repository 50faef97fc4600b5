export * from './audio-format.ts';
export * from './call-event.ts';
export * from './ids.ts';
export * from './ncco.ts';
export * from './socket-headers.ts';
