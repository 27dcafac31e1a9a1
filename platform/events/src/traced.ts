/**
 * A trace goes on from a change to what is done because of it, in another domain and perhaps much later: an event carries the trace context of its
 * writing, as the distributed tracing extension of CloudEvents has it. Only changes that are recorded leave one.
 */
import { type Link, SpanKind, trace } from '@opentelemetry/api';
import { activeSpan, carried, type CarriedSpan, contextFrom, tracer, underSpan } from '@pms/telemetry/tracing';
import { type Event, publisherOf } from './envelope.ts';

const SYSTEM = { 'messaging.system': 'pms-outbox' };
const LINKS_MAX = 64;

/** Writes events under a span of their own, and says what they carry; null where the change is not recorded. */
export function producing<T>(domain: string, events: readonly Event[], write: (context: CarriedSpan | null) => Promise<T>): Promise<T> {
  if (activeSpan() === null) return write(null);
  const [first] = events;
  const types = new Set(events.map(({ type }) => type));
  const destination = types.size === 1 && first !== undefined ? first.type : domain;
  const attributes = { ...SYSTEM, 'messaging.operation.type': 'send', 'messaging.destination.name': destination, 'messaging.batch.message_count': events.length };
  return underSpan({ name: `send ${destination}`, kind: SpanKind.PRODUCER, attributes }, () => {
    const span = activeSpan();
    return write(span === null ? null : carried(span));
  });
}

/** Reacts under a span below the one that wrote the event; of several events below the first, with links to the others. */
export function consuming<T>(consumer: string, events: readonly Event[], react: () => Promise<T>): Promise<T> {
  const first = tracer() === null ? undefined : events.find(({ traceparent }) => traceparent !== undefined);
  if (first === undefined) return react();
  const attributes = {
    ...SYSTEM, 'messaging.operation.type': 'process', 'messaging.destination.name': first.type, 'messaging.consumer.group.name': consumer, 'pms.publisher': publisherOf(first.type),
    ...(events.length === 1 ? { 'messaging.message.id': first.id } : { 'messaging.batch.message_count': events.length }),
  };
  return underSpan({ name: `process ${first.type}`, kind: SpanKind.CONSUMER, attributes, links: linksTo(events, first) }, react, contextFrom(first));
}

function linksTo(events: readonly Event[], first: Event): Link[] {
  const others = new Map(events.flatMap((event) => (event.traceparent === undefined || event.traceparent === first.traceparent ? [] : [[event.traceparent, event] as const])));
  return [...others.values()].slice(0, LINKS_MAX).flatMap((event) => {
    const context = trace.getSpanContext(contextFrom(event));
    return context === undefined ? [] : [{ context }];
  });
}
