/** The OpenTelemetry SDK put together. A collector that is away loses spans and delays nobody: the queue is bounded, sending is in the background. */
import { context, propagation, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, setGlobalErrorHandler, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, hostDetector, resourceFromAttributes, serviceInstanceIdDetector } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import type { Logger } from './logger.ts';

export interface TracingOptions {
  /** The process as traces name it, such as `pms-portfolio`. */
  readonly service: string;
  /** Of a collector, without `/v1/traces`. */
  readonly endpoint: string;
  /** Of the traces that begin here, 0 to 1; one that was begun elsewhere is recorded where it was begun. */
  readonly ratio: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** How long spans wait to be sent together, in milliseconds. */
  readonly delayMs?: number;
  /** How long a batch is tried before it is lost, in milliseconds. */
  readonly exportMsMax?: number;
}

const QUEUE_SPANS_MAX = 4_096;
const BATCH_SPANS_MAX = 512;
const BATCH_DELAY_MS = 2_000;
const EXPORT_MS_MAX = 5_000;
const FLUSH_MS_MAX = 3_000;
const ATTRIBUTE_CHARACTERS_MAX = 4_096;
const ATTRIBUTES_MAX = 64;
const LINKS_MAX = 128;
const COMPLAIN_EVERY_MS = 60_000;

export function exportSpans({ service, endpoint, ratio, attributes = {}, logger, delayMs = BATCH_DELAY_MS, exportMsMax = EXPORT_MS_MAX }: TracingOptions): { readonly tracer: Tracer; close(): Promise<void> } {
  setGlobalErrorHandler(complaints(logger, endpoint));
  const provider = new BasicTracerProvider({
    // What OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME say goes before what is known here.
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'pms', 'process.pid': process.pid, 'process.runtime.name': 'nodejs', 'process.runtime.version': process.versions.node, ...attributes })
      .merge(detectResources({ detectors: [hostDetector, serviceInstanceIdDetector, envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanLimits: { attributeValueLengthLimit: ATTRIBUTE_CHARACTERS_MAX, attributeCountLimit: ATTRIBUTES_MAX, linkCountLimit: LINKS_MAX },
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces`, timeoutMillis: exportMsMax }), {
      maxQueueSize: QUEUE_SPANS_MAX, maxExportBatchSize: BATCH_SPANS_MAX, scheduledDelayMillis: delayMs, exportTimeoutMillis: exportMsMax,
    })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }));
  return {
    tracer: provider.getTracer('pms'),
    async close() {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, FLUSH_MS_MAX);
      await Promise.race([provider.shutdown().catch(() => undefined), late.promise]);
      clearTimeout(timer);
      context.disable();
      propagation.disable();
    },
  };
}

/** A collector that is away is told of once a minute, not once a batch. */
function complaints(logger: Logger, endpoint: string): (error: unknown) => void {
  let last = -Infinity;
  return (error) => {
    if (performance.now() - last < COMPLAIN_EVERY_MS) return;
    last = performance.now();
    logger.warn({ endpoint: new URL(endpoint).origin, reason: error instanceof Error ? error.message : String(error) }, 'spans could not be sent');
  };
}
