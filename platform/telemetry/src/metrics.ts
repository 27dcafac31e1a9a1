/** The process's Prometheus metrics. One registry a process; names are `pms_<what>_<unit>`, labels have few values. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export const metrics = new Registry();

const LATENCY_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> =>
  new Counter({ name, help, labelNames, registers: [metrics] });

export const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> =>
  new Gauge({ name, help, labelNames, registers: [metrics] });

/** Observes seconds. */
export const latency = <L extends string>(name: string, help: string, labelNames: readonly L[] = []): Histogram<L> =>
  new Histogram({ name, help, labelNames, buckets: LATENCY_BUCKETS_SECONDS, registers: [metrics] });

/** Adds what Node says of itself (event loop delay, heap, garbage, handles) and which build this is. Once a process. */
export function describeProcess({ service, version }: { readonly service: string; readonly version: string }): void {
  collectDefaultMetrics({ register: metrics });
  const info = new Gauge({ name: 'pms_build_info', help: 'Which build this is; always 1.', labelNames: ['service', 'version', 'node'], registers: [metrics], aggregator: 'first' });
  info.set({ service, version, node: process.versions.node }, 1);
}
