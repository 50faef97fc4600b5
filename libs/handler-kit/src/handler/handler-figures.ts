import { noFiguresYet, type OutgoingFigures } from '../out/outgoing-figures.ts';

/** What is counted of a handler's work in one call. */
export interface HandlerFigures extends OutgoingFigures {
  /** Frames of the caller's that were not handed to the handler: too many of its promises were pending. */
  framesUnhandled: number;
  /** What it threw, at once or later. */
  handlerErrorCount: number;
  /** Times it kept the process for longer than it may. */
  handlerSlowCount: number;
  /** The longest that it kept the process, ms. */
  handlerMaxMs: number;
}

export function noHandlerFiguresYet(): HandlerFigures {
  return { ...noFiguresYet(), framesUnhandled: 0, handlerErrorCount: 0, handlerSlowCount: 0, handlerMaxMs: 0 };
}
