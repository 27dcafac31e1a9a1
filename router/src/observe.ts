/** What the router says about itself: log lines and Prometheus metrics. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The part of a pino logger that is used. */
export interface RouterLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const BYTES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304];
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type RouterMetrics = ReturnType<typeof routerMetrics>;

/** One router a registry: the names are registered once. */
export function routerMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({ name: 'pms_router_requests_total', help: 'Operations by kind, way in and outcome.', labelNames: ['operation', 'via', 'outcome'], registers }),
    duration: new Histogram({ name: 'pms_router_operation_seconds', help: 'Queries and mutations that ran, from their arrival to the written response, by name and client.', labelNames: ['operation', 'client'], buckets: SECONDS, registers }),
    clients: new Counter({ name: 'pms_router_client_requests_total', help: 'Operations, by what their clients call themselves.', labelNames: ['client', 'version'], registers }),
    bytes: new Histogram({ name: 'pms_router_response_bytes', help: 'Bodies of responses, before compression.', buckets: BYTES, registers }),
    planning: new Histogram({ name: 'pms_router_planning_seconds', help: 'Planning and compiling an operation that was not planned yet.', buckets: SECONDS, registers }),
    errors: new Counter({ name: 'pms_router_errors_total', help: 'Errors told to clients, by code.', labelNames: ['code'], registers }),
    fetches: new Counter({ name: 'pms_router_fetches_total', help: 'Requests to subgraphs, by outcome.', labelNames: ['subgraph', 'outcome'], registers }),
    fetchDuration: new Histogram({ name: 'pms_router_fetch_seconds', help: 'Requests to subgraphs.', labelNames: ['subgraph'], buckets: SECONDS, registers }),
    plans: new Counter({ name: 'pms_router_plans_total', help: 'Operations that were planned, and that were found planned.', labelNames: ['found'], registers }),
    limited: new Counter({ name: 'pms_router_limited_total', help: 'Requests refused by a limit.', labelNames: ['limit'], registers }),
    subscriptions: new Gauge({ name: 'pms_router_subscriptions', help: 'Subscriptions that are open.', labelNames: ['via'], registers }),
    sockets: new Gauge({ name: 'pms_router_websockets', help: 'Websockets that are open.', registers }),
    dropped: new Counter({ name: 'pms_router_subscription_events_replaced_total', help: 'Events that a later one of the same key replaced before a slow client took them.', registers }),
    cache: new Counter({ name: 'pms_router_cache_total', help: 'Queries whose answer might be kept, by outcome: hit, stale, miss.', labelNames: ['outcome'], registers }),
    cacheLevels: new Counter({ name: 'pms_router_cache_levels_total', help: 'Where a kept answer was found, with Redis: redis, confirmed (its text was at hand), memory (Redis was not asked), alone (Redis is away).', labelNames: ['level'], registers }),
    cacheEntities: new Counter({ name: 'pms_router_cache_entities_total', help: 'Entities looked for among those kept one by one, by outcome: hit, miss.', labelNames: ['outcome'], registers }),
    cacheInvalidated: new Counter({ name: 'pms_router_cache_invalidated_total', help: 'Kept answers taken out because something changed.', registers }),
    untrusted: new Counter({ name: 'pms_router_untrusted_operations_total', help: 'Operations that are not in the manifest, by what happened: refused, logged.', labelNames: ['outcome'], registers }),
    breakerOpen: new Gauge({ name: 'pms_router_breaker_open', help: 'Whether a subgraph is left alone because it does not answer.', labelNames: ['subgraph'], registers }),
    retries: new Counter({ name: 'pms_router_retries_total', help: 'Reads sent to a subgraph again.', labelNames: ['subgraph'], registers }),
    crowded: new Counter({ name: 'pms_router_bulkhead_refused_total', help: 'Requests to a subgraph refused because too many were under way and waiting.', labelNames: ['subgraph'], registers }),
    watchBulkhead: bulkheadGauges(registers),
    shared: new Counter({ name: 'pms_router_shared_reads_total', help: 'Reads that joined an equal one under way: of a subgraph, or whole operations.', labelNames: ['level'], registers }),
    recalled: new Counter({ name: 'pms_router_recalled_total', help: 'Recorded executions that were repeated, by whether the subgraphs said the same: same, changed.', labelNames: ['outcome'], registers }),
    sources: new Gauge({ name: 'pms_router_subscription_sources', help: 'Subscriptions to subgraphs that are open, each for one client or more.', labelNames: ['subgraph'], registers }),
    sourcesLost: new Counter({ name: 'pms_router_subscription_sources_lost_total', help: 'Subscriptions to subgraphs that broke off.', labelNames: ['subgraph'], registers }),
    carriedOver: new Counter({ name: 'pms_router_subscriptions_carried_over_total', help: 'Subscriptions that a new supergraph found open, by what became of them.', labelNames: ['outcome'], registers }),
    reloads: new Counter({ name: 'pms_router_supergraph_reloads_total', help: 'Supergraphs taken over or refused.', labelNames: ['outcome'], registers }),
  };
}

/** What is so at the moment of asking. */
export function stateGauges(registry: Registry, state: { readonly inFlight: () => number; readonly plans: () => number }): void {
  const gauge = (name: string, help: string, value: () => number): Gauge => new Gauge({ name, help, registers: [registry], collect() { this.set(value()); } });
  gauge('pms_router_operations_in_flight', 'Operations that have arrived and not ended; subscriptions are among them.', state.inFlight);
  gauge('pms_router_plans_kept', 'Plans that are kept.', state.plans);
}

interface Occupancy { readonly running: number; readonly waiting: number }

/** Read when they are asked for: nothing is counted on the way of a request. */
function bulkheadGauges(registers: Registry[]): (subgraph: string, bulkhead: Occupancy) => void {
  const known = new Map<string, Occupancy>();
  const gauge = (name: string, help: string, read: (bulkhead: Occupancy) => number): Gauge => new Gauge({
    name, help, labelNames: ['subgraph'], registers,
    collect() {
      for (const [subgraph, bulkhead] of known) this.set({ subgraph }, read(bulkhead));
    },
  });
  gauge('pms_router_bulkhead_running', 'Requests to a subgraph under way.', ({ running }) => running);
  gauge('pms_router_bulkhead_waiting', 'Requests to a subgraph that wait for their turn.', ({ waiting }) => waiting);
  return (subgraph, bulkhead) => void known.set(subgraph, bulkhead);
}
