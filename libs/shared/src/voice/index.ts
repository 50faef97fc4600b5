export * from './audio-format.ts';
export * from './ids.ts';
export * from './socket-headers.ts';
