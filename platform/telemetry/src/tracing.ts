/**
 * Spans of this process, sent over OTLP/HTTP. Off until `startTracing`: then no span is made, no context is kept, nothing is loaded. What has no
 * recorded parent costs a look at the active context and no more.
 */
import { type Attributes, type Context, context, type Link, propagation, ROOT_CONTEXT, type Span, type SpanContext, type SpanKind, SpanStatusCode, trace, TraceFlags, type Tracer } from '@opentelemetry/api';
import type { TracingOptions } from './exporting.ts';

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what waits, for three seconds at most; afterwards this process traces nothing. */
  close(): Promise<void>;
}

let current: Tracer | null = null;

/** null while this process traces nothing. */
export const tracer = (): Tracer | null => current;

export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { exportSpans } = await import('./exporting.ts');
  const exporting = exportSpans(options);
  current = exporting.tracer;
  return {
    tracer: exporting.tracer,
    async close() {
      current = null;
      await exporting.close();
    },
  };
}

/** The span that what runs now is part of; null when it is not recorded. */
export function activeSpan(): Span | null {
  if (current === null) return null;
  const span = trace.getActiveSpan();
  return span?.isRecording() === true ? span : null;
}

/** What may hold traceparent, tracestate and baggage: headers, extensions of a message, an event. */
export type Carried = object;

export const contextFrom = (carried: Carried): Context => propagation.extract(ROOT_CONTEXT, carried, {
  get(from, key) {
    const value: unknown = Reflect.get(from, key);
    return typeof value === 'string' ? value : undefined;
  },
  keys: (from) => Object.keys(from),
});

/** What is said of a span to who comes later. */
export interface CarriedSpan { readonly traceparent: string; readonly tracestate: string | undefined }

export const carried = (span: Span): CarriedSpan => written(span.spanContext());

const written = ({ traceId, spanId, traceFlags, traceState }: SpanContext): CarriedSpan =>
  ({ traceparent: `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`, tracestate: traceState?.serialize() });

export interface Step {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly links?: Link[];
}

/** Runs work under a span, which takes a failure's code and ends with it. `parent` is the active context unless given. */
export async function underSpan<T>(step: Step, work: () => Promise<T>, parent?: Context): Promise<T> {
  if (current === null) return work();
  const { name, kind, attributes, links } = step;
  const under = parent ?? context.active();
  const span = current.startSpan(name, { kind, attributes, ...(links === undefined ? {} : { links }) }, under);
  if (!span.isRecording()) return work();
  try {
    return await context.with(trace.setSpan(under, span), work);
  } catch (error) {
    failed(span, codeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** By its code, never by its message, which may hold what was sent. */
export function failed(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : typeof error;
}
