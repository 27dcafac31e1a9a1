/** A dial with everything that stands before it, its metrics, and requests to put through it: for tests of resilience. */
import { Registry } from 'prom-client';
import { overHttp } from '../src/dial/over-http.ts';
import type { subgraphSettings } from '../src/dial/settings.ts';
import type { Dial, RequestContext, SubgraphRequest, SubgraphResult, Transport } from '../src/dial/transport.ts';
import { routerMetrics } from '../src/observe.ts';
import { readsThrough } from '../src/reads.ts';
import { routerSettings } from '../src/settings.ts';
import type { z } from 'zod';

export interface Guarded {
  readonly transport: Transport;
  metric(line: RegExp): Promise<number>;
  close(): Promise<void>;
}

/** Without `dial`, over HTTP to `url`. */
export function guarded(url: string, all: z.input<typeof subgraphSettings>['all'], dial?: Dial): Guarded {
  const registry = new Registry();
  const http = overHttp();
  const reads = readsThrough(dial ?? http.dial, { settings: routerSettings.parse({ subgraphs: { all } }), metrics: routerMetrics(registry), redis: null });
  return {
    transport: reads.dial({ name: 'stock', url }),
    metric: async (line) => Number(new RegExp(`${line.source} ([\\d.]+)`).exec(await registry.metrics())?.[1] ?? Number.NaN),
    close: () => http.close(),
  };
}

export const asking = (token: string | null = null, signal?: AbortSignal): RequestContext => ({ principal: null, token, correlationId: 'test', ...(signal === undefined ? {} : { signal }) });

export const reading = (query: string): SubgraphRequest => ({ query, kind: 'query' });

/** The code and details of what a request is refused with. */
export const refusal = async (asked: Promise<SubgraphResult>): Promise<unknown> => asked.then(
  (result) => ({ answered: result }),
  (error: unknown) => (error instanceof Error && 'extensions' in error ? error.extensions : error),
);
