import { until } from './wait.ts';

export interface JaegerSpan {
  readonly service: string;
  readonly name: string;
  readonly spanId: string;
  /** `undefined` for the root of the trace. */
  readonly parentSpanId: string | undefined;
  readonly tags: Readonly<Record<string, unknown>>;
  readonly durationMs: number;
}

/** What Jaeger's query API gives for a trace, as far as it is used here. */
interface TraceAnswer {
  readonly data: readonly {
    readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
    readonly spans: readonly {
      readonly spanID: string;
      readonly processID: string;
      readonly operationName: string;
      /** Microseconds. */
      readonly duration: number;
      readonly references: readonly { readonly refType: string; readonly spanID: string }[];
      readonly tags: readonly { readonly key: string; readonly value: unknown }[];
    }[];
  }[];
}

/** The spans of a trace as far as they have arrived; none where Jaeger knows no such trace. */
export async function getTrace(jaegerUrl: string, traceId: string): Promise<JaegerSpan[]> {
  const response = await fetch(`${jaegerUrl}/api/traces/${traceId}`);
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`Jaeger answered ${response.status}`);
  const { data } = (await response.json()) as TraceAnswer;
  return data.flatMap(({ spans, processes }) =>
    spans.map((span) => ({
      service: processes[span.processID]?.serviceName ?? '',
      name: span.operationName,
      spanId: span.spanID,
      parentSpanId: span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
      tags: Object.fromEntries(span.tags.map(({ key, value }) => [key, value])),
      durationMs: span.duration / 1000,
    })),
  );
}

/** Waits until the trace is as wished, e.g. until it has spans of all three services. Exporters send every five seconds. */
export async function waitForTrace(
  jaegerUrl: string,
  traceId: string,
  complete: (spans: readonly JaegerSpan[]) => boolean,
  deadlineMs = 20_000,
): Promise<JaegerSpan[]> {
  let last: JaegerSpan[] = [];
  return until(
    async () => {
      last = await getTrace(jaegerUrl, traceId);
      return complete(last) ? last : undefined;
    },
    { what: `trace ${traceId} to be complete`, deadlineMs, everyMs: 200 },
  ).catch((cause: unknown) => {
    const seen = last.map(({ service, name }) => `${service} ${name}`).join(', ') || 'nothing';
    throw new Error(`trace ${traceId} is not complete after ${deadlineMs} ms; it has: ${seen}`, { cause });
  });
}
