/** What is noted of a request to a subgraph: its time where the plan was asked for, its span where the request is recorded. */
import { SpanKind } from '@opentelemetry/api';
import type { RequestContext } from '../dial/transport.ts';
import type { EntityFetch, RootFetch } from '../planner/plan.ts';
import type { FetchTiming, Seen } from './seen.ts';
import { childOf, endFailed, type Trace, traceparentOf } from './trace.ts';

export function noteFetch(seen: Seen, fetch: object, timing: FetchTiming): void {
  seen.fetches += 1;
  if (seen.timings === null) return;
  const known = seen.timings.get(fetch);
  if (known === undefined) seen.timings.set(fetch, [timing]);
  else known.push(timing);
}

/** The context of one fetch, under a span of its own. */
export function underFetch(context: RequestContext, under: Trace, { service, operationKind, operationName }: RootFetch | EntityFetch): RequestContext {
  const trace = childOf(under, `fetch ${service}`, {
    kind: SpanKind.CLIENT,
    attributes: { 'pms.subgraph': service, 'graphql.operation.type': operationKind, ...(operationName === undefined ? {} : { 'graphql.operation.name': operationName }) },
  });
  return { ...context, trace, traceparent: traceparentOf(trace.span.spanContext()) };
}

export function endFetch({ trace }: RequestContext, outcome: FetchTiming['outcome'] | 'cancelled'): void {
  if (trace === undefined) return;
  if (outcome === 'ok') trace.span.end();
  else endFailed(trace, outcome);
}
