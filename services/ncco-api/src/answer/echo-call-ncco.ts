import { audioFormat, contentTypeOf, type Ncco, type SampleRateHz, toSocketHeaders } from '@kodama/shared/voice';
import type { AnswerRequest } from './answer-request.ts';

/** What is the same for every call. */
export interface EchoCall {
  readonly greeting: { readonly text: string; readonly language: string; readonly style: number };
  readonly sampleRateHz: SampleRateHz;
}

/**
 * Greets the caller, then connects the call to the media gateway. Nothing may follow: it would be heard over the echo, and
 * the call has to end with the socket.
 */
export function echoCallNcco(request: AnswerRequest, { greeting, sampleRateHz }: EchoCall, socketUri: string): Ncco {
  return [
    { action: 'talk', ...greeting },
    {
      action: 'connect',
      // Shown in the socket leg's events only. The caller's own number would not be allowed here: it is not ours.
      ...(request.to !== undefined && { from: request.to }),
      // No eventUrl: this leg's events go where all of the application's go.
      endpoint: [
        {
          type: 'websocket',
          uri: socketUri,
          'content-type': contentTypeOf(audioFormat(sampleRateHz)),
          headers: toSocketHeaders(request),
        },
      ],
    },
  ];
}
