import { defineHandler } from '@kodama/handler-kit';

/** Sends every frame back in the moment in which it comes, as the very bytes that came. */
export const echo = defineHandler({
  name: 'echo',
  onAudio(call, frame) {
    call.out.pass(frame);
  },
});
