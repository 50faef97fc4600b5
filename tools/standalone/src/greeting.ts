/** Where `npm run call` calls of itself. */
const USUAL_ORIGIN = 'http://127.0.0.1:8080';

export interface Greeted {
  readonly origin: string;
  readonly operatorOrigin: string;
  readonly tracesTo: string | undefined;
  /** Webhooks have to be signed. */
  readonly isVerified: boolean;
}

/** What a person who typed `npm start` should know before anything else: what is here, what is not, and what to do next. */
export function greeting({ origin, operatorOrigin, tracesTo, isVerified }: Greeted): string {
  return [
    '',
    `  Kodama, in one process, on ${origin}`,
    '',
    "  embedded   events     in this process's memory, in place of NATS JetStream",
    "  embedded   metrics    in this process's memory, in place of Redis",
    tracesTo
      ? `             traces     sent to ${tracesTo}`
      : '  off        traces     set OTEL_EXPORTER_OTLP_ENDPOINT to send them somewhere',
    isVerified
      ? '             webhooks   verified'
      : '  open       webhooks   not verified: set VONAGE_SIGNATURE_SECRETS before the address is known outside',
    '',
    '  Nothing is kept when this process stops. The whole stack: docker compose up',
    '',
    `  answer URL   ${origin}/ncco`,
    `  event URL    ${origin}/webhooks/event`,
    `  calls        ${operatorOrigin}/api/calls`,
    '',
    `  Make a call from another terminal: ${origin === USUAL_ORIGIN ? 'npm run call' : `npm run call -- --url ${origin}`}`,
    '',
    '',
  ].join('\n');
}
