/** A request to a subgraph as a span below its sender's: what its resolvers, statements and events do is part of the same trace. */
import { SpanKind } from '@opentelemetry/api';
import { activeSpan, type Carried, contextFrom, failed, tracer, underSpan } from '@pms/telemetry/tracing';

const ROUTE = '/graphql';

/** Work as it is while this process traces nothing. */
export function servedOverHttp<T>(subgraph: string, method: string, headers: Carried, work: () => Promise<T>): Promise<T> {
  if (tracer() === null) return work();
  const attributes = { 'http.request.method': method, 'http.route': ROUTE, 'pms.subgraph': subgraph };
  return underSpan({ name: `${method} ${ROUTE}`, kind: SpanKind.SERVER, attributes }, work, contextFrom(headers));
}

/** The opening of a subscription: its events are not part of it, they may come for days. */
export function subscribed<T>(subgraph: string, extensions: Carried, work: () => Promise<T>): Promise<T> {
  if (tracer() === null) return work();
  const attributes = { 'graphql.operation.type': 'subscription', 'pms.subgraph': subgraph };
  return underSpan({ name: 'subscription', kind: SpanKind.SERVER, attributes }, work, contextFrom(extensions));
}

/** An answer with errors is a failed span, by the code of the first. */
export function noteCode(code: unknown): void {
  const span = activeSpan();
  if (span !== null) failed(span, typeof code === 'string' ? code : 'INTERNAL');
}
