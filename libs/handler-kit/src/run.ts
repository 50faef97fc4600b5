// What carries handlers: for the gateway and for tests. Handlers themselves are written against the package's main entry.

export { type HandlerFigures, noHandlerFiguresYet } from './handler/handler-figures.ts';
export { DEFAULT_SLOW_MS, END_TIMEOUT_MS, HandlerRun, type HandlerRunParts } from './handler/handler-run.ts';
export { type FrameSink, OPEN } from './out/frame-sink.ts';
export { OutgoingAudio } from './out/outgoing-audio.ts';
export { noFiguresYet, type OutgoingFigures } from './out/outgoing-figures.ts';
export { DEFAULT_LIMITS, type OutgoingLimits } from './out/outgoing-limits.ts';
export { Pacer } from './out/pacer.ts';
export { systemTimers, type Timers } from './time/timers.ts';
export { VirtualTimers } from './time/virtual-timers.ts';
