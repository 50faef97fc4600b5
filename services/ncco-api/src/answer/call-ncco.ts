import { audioFormat, contentTypeOf, type Ncco, type SampleRateHz, toSocketHeaders } from '@kodama/shared/voice';
import type { AnswerRequest } from './answer-request.ts';
import type { SocketAuthorizer } from './socket-authorization.ts';

/** What is the same for every call. */
export interface CallPlan {
  readonly greeting: { readonly text: string; readonly language: string; readonly style: number };
  readonly sampleRateHz: SampleRateHz;
  /** Who has the calls at the media gateway. */
  readonly handler: string;
  /** Dialled number -> who has its calls, where that is another handler. */
  readonly handlersByNumber: ReadonlyMap<string, string>;
  readonly authorize: SocketAuthorizer;
}

/**
 * Greets the caller, then connects the call to the media gateway. Nothing may follow: it would be heard over what the handler
 * says, and the call has to end with the socket.
 */
export function callNcco(request: AnswerRequest, plan: CallPlan, socketUri: string, webhookId?: string): Ncco {
  const { greeting, sampleRateHz } = plan;
  const authorization = plan.authorize(request, webhookId);
  const handler = plan.handlersByNumber.get(request.to ?? '') ?? plan.handler;
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
          headers: toSocketHeaders(request, handler),
          ...(authorization !== undefined && { authorization }),
        },
      ],
    },
  ];
}
