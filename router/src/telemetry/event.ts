/** What is noted of each event of a subscription. Each is a trace of its own, linked to the subscription's, which may last for days. */
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { RequestContext } from '../dial/transport.ts';
import { noteErrors, type Seen } from './seen.ts';
import { endFailed, traceparentOf } from './trace.ts';

/** The context in which the rest of the plan runs for one event: recorded where the subscription is, and the ratio says so again. */
export function underEvent(context: RequestContext): RequestContext {
  if (context.trace === undefined) return context;
  const { tracer, span: subscription } = context.trace;
  const span = tracer.startSpan('subscription event', { root: true, links: [{ context: subscription.spanContext() }] }, ROOT_CONTEXT);
  const { trace, ...rest } = context;
  return { ...rest, traceparent: traceparentOf(span.spanContext()), ...(span.isRecording() ? { trace: { tracer: trace.tracer, span } } : {}) };
}

type Errors = Parameters<typeof noteErrors>[1];

/** Of each client that it is told to. */
export function noteEvent(seen: Seen, text: string, errors: Errors): void {
  seen.events += 1;
  seen.bytes += text.length;
  noteErrors(seen, errors);
}

/** Of the one run for all of them. */
export function endEvent(seen: Seen, { trace }: RequestContext, errors: Errors): void {
  if (trace === undefined || trace === seen.trace) return;
  const [failure] = errors;
  if (failure === undefined) trace.span.end();
  else endFailed(trace, String(failure.extensions['code']));
}
