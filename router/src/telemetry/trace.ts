/**
 * W3C trace context and the router's spans. Nothing here keeps a context of its own: what is under way carries its span along, so that a request
 * that is not recorded costs the decision and no more. Without a tracer a client's headers go on to the subgraphs as they came.
 */
import { type Attributes, type Context, createTraceState, ROOT_CONTEXT, type Span, type SpanContext, SpanKind, SpanStatusCode, trace as api, TraceFlags, type Tracer } from '@opentelemetry/api';

/** What goes on to the subgraphs. */
export interface TraceHeaders {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
}

/** A span that is recorded, and what makes spans below it. */
export interface Trace {
  readonly tracer: Tracer;
  readonly span: Span;
}

const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/;
const PRINTABLE = /^[\x20-\x7e]+$/;
const TRACESTATE_CHARACTERS_MAX = 512;
const BAGGAGE_CHARACTERS_MAX = 8_192;
const NONE: TraceHeaders = {};

/** Only what is well formed; tracestate means nothing without its traceparent. */
export function traceHeadersOf(given: Readonly<Record<string, unknown>>): TraceHeaders {
  const { traceparent, tracestate, baggage } = given;
  if (traceparent === undefined && baggage === undefined) return NONE;
  const known = typeof traceparent === 'string' && TRACEPARENT.test(traceparent);
  return {
    ...(known ? { traceparent } : {}),
    ...(known && fits(tracestate, TRACESTATE_CHARACTERS_MAX) ? { tracestate } : {}),
    ...(fits(baggage, BAGGAGE_CHARACTERS_MAX) ? { baggage } : {}),
  };
}

const fits = (text: unknown, most: number): text is string => typeof text === 'string' && text.length <= most && PRINTABLE.test(text);

export function spanContextOf({ traceparent = '', tracestate }: TraceHeaders): SpanContext | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return {
    traceId, spanId, isRemote: true, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    ...(tracestate === undefined ? {} : { traceState: createTraceState(tracestate) }),
  };
}

export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string => `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`;

export const contextUnder = (span: Span): Context => api.setSpan(ROOT_CONTEXT, span);

export interface Begun {
  /** With the router's own span as the parent, where there is a tracer. */
  readonly headers: TraceHeaders;
  /** null for a request that is not recorded. */
  readonly trace: Trace | null;
  readonly traceId: string | null;
}

export type BeginTrace = (name: string, given: TraceHeaders) => Begun;

/** `clientTracesPerSecondMax`: anybody can send a traceparent that asks to be recorded. */
export function tracing(tracer: Tracer | undefined, clientTracesPerSecondMax: number): BeginTrace {
  if (tracer === undefined) return (_, given) => ({ headers: given, trace: null, traceId: given.traceparent?.slice(3, 35) ?? null });
  const mayAsk = perSecond(clientTracesPerSecondMax);
  return (name, given) => {
    const parent = given.traceparent === undefined ? null : spanContextOf(given);
    const accepted = parent === null || parent.traceFlags === TraceFlags.NONE || mayAsk() ? parent : { ...parent, traceFlags: TraceFlags.NONE };
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, accepted === null ? ROOT_CONTEXT : api.setSpanContext(ROOT_CONTEXT, accepted));
    const own = span.spanContext();
    const headers = { ...given, traceparent: traceparentOf(own) };
    return { headers, traceId: own.traceId, trace: span.isRecording() ? { tracer, span } : null };
  };
}

const MS_PER_SECOND = 1_000;

function perSecond(most: number): () => boolean {
  let second = 0;
  let used = 0;
  return () => {
    const now = Math.floor(performance.now() / MS_PER_SECOND);
    if (now !== second) [second, used] = [now, 0];
    used += 1;
    return used <= most;
  };
}

export interface ChildOptions {
  readonly attributes: Attributes;
  readonly kind?: SpanKind;
  /** `performance.now()` at its beginning; now unless given. */
  readonly since?: number;
}

export function childOf({ tracer, span }: Trace, name: string, { attributes, kind = SpanKind.INTERNAL, since }: ChildOptions): Trace {
  const startTime = since === undefined ? {} : { startTime: performance.timeOrigin + since };
  return { tracer, span: tracer.startSpan(name, { kind, attributes, ...startTime }, contextUnder(span)) };
}

/** A failure by its code; never by a message, which may hold what was sent. */
export function endFailed({ span }: Trace, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.end();
}
