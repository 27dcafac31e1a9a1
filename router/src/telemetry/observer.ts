/** Begins and ends the noting of each operation; at its end come its metrics, its line in the log and the end of its span. */
import type { Tracer } from '@opentelemetry/api';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import { remembered } from '../remembered.ts';
import { type Access, tellAccess, userAgentOf } from './access.ts';
import { bounded, clientFrom, clientOf, OTHER } from './labels.ts';
import { lineOf, mustBeTold, ourFault, type RequestLog } from './request-log.ts';
import { type Seen, seenFrom, type Via } from './seen.ts';
import type { TelemetrySettings } from './settings.ts';
import { endFailed, traceHeadersOf, tracing } from './trace.ts';

/** Where an operation comes from: headers of HTTP, or what a websocket's messages say in their place. */
export interface Arrival {
  readonly via: Via;
  /** Names its span until the operation is known. */
  readonly name: string;
  readonly correlationId: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly address?: string;
}

export interface Observer {
  begin(arrival: Arrival): Seen;
  /** Once, when the answer has gone out or nobody is left to hear it; later calls change nothing. `status` is that of HTTP. */
  end(seen: Seen, status: number | null): void;
  /** Operations that have begun and not ended. */
  inFlight(): number;
}

export interface ObserverOptions {
  readonly settings: TelemetrySettings;
  readonly log: RequestLog;
  readonly logger: RouterLogger;
  readonly metrics: RouterMetrics;
  readonly tracer: Tracer | undefined;
  /** Told of what the audit trail wants to know. */
  readonly accesses?: ((access: Access) => void) | undefined;
}

const MS_PER_SECOND = 1_000;
const LABELLED_MAX = 2_000;
const HTTP_ERROR = 400;

export function observer({ settings, log, logger, metrics, tracer, accesses }: ObserverOptions): Observer {
  const begin = tracing(tracer, settings.clientTracesPerSecondMax);
  const count = counting(settings, metrics);
  let running = 0;
  return {
    inFlight: () => running,
    begin({ via, name, correlationId, headers, address = null }) {
      running += 1;
      const client = clientFrom(headers['apollographql-client-name'], headers['apollographql-client-version']);
      return seenFrom({ via, name, planAsked: headers['x-pms-plan'] === '1', started: performance.now(), correlationId, client, address, userAgent: userAgentOf(headers), ...begin(name, traceHeadersOf(headers)) });
    },
    end(seen, status) {
      if (seen.ended) return;
      seen.ended = true;
      running -= 1;
      const ms = performance.now() - seen.started;
      if (isOperation(seen, status)) {
        count(seen, ms / MS_PER_SECOND);
        if (mustBeTold(log, seen)) logger[ourFault(seen) ? 'warn' : 'info'](lineOf(seen, status, ms), 'operation');
      }
      if (accesses !== undefined) tellAccess(accesses, seen);
      if (seen.trace !== null) endSpan(seen, status);
    },
  };
}

/** The way to a page is none, and neither is a batch, whose operations are noted one by one. */
const isOperation = ({ operation, codes }: Seen, status: number | null): boolean => operation !== null || codes.length > 0 || status === null || status >= HTTP_ERROR;

function counting(settings: TelemetrySettings, metrics: RouterMetrics): (seen: Seen, seconds: number) => void {
  const names = bounded(settings.operationNamesMax);
  const clients = bounded(settings.clientsMax);
  const versions = bounded(settings.clientsMax);
  const pairs = bounded(settings.pairsMax);
  // Looked up by their labels once.
  const requests = remembered(LABELLED_MAX, (key) => {
    const [operation = '', way = '', outcome = ''] = key.split(' ');
    return metrics.requests.labels({ operation, via: way, outcome });
  });
  const versionsSeen = remembered(LABELLED_MAX, (key) => {
    const [client = '', version = ''] = key.split('\n');
    return metrics.clients.labels({ client, version });
  });
  const durations = remembered(LABELLED_MAX, (key) => {
    const [client = OTHER, operation = OTHER] = key.split('\n');
    return metrics.duration.labels({ operation, client });
  });
  return (seen, seconds) => {
    const { operation, via } = seen;
    const { name, version } = seen.client ?? clientOf(seen.principal);
    const client = clients(name);
    requests(`${operation?.kind ?? 'none'} ${via} ${outcomeOf(seen)}`).inc();
    const versioned = client === OTHER ? OTHER : versions(`${client}\n${version}`);
    versionsSeen(`${client}\n${versioned === OTHER ? OTHER : version}`).inc();
    if (operation === null || !seen.ran) return;
    metrics.bytes.observe(seen.bytes);
    if (operation.kind === 'subscription') return; // lasts as long as its client wants
    const label = operation.name === null ? 'anonymous' : names(operation.name);
    durations(pairs(`${client}\n${label}`)).observe(seconds);
  };
}

function outcomeOf({ ran, codes }: Seen): 'refused' | 'errors' | 'ok' {
  if (!ran) return 'refused';
  return codes.length > 0 ? 'errors' : 'ok';
}

/** `POST /graphql` is a method and a route. */
const HTTP_NAME = /^(\w+) (\/\S*)$/;

function endSpan(seen: Seen, status: number | null): void {
  const { trace, operation } = seen;
  if (trace === null) return;
  const { span } = trace;
  const [, method, route] = HTTP_NAME.exec(seen.name) ?? [];
  if (method !== undefined && route !== undefined) span.setAttributes({ 'http.request.method': method, 'http.route': route });
  const client = seen.client ?? clientOf(seen.principal);
  span.setAttributes({ 'pms.client.name': client.name, 'pms.client.version': client.version });
  if (operation !== null) {
    span.setAttributes({ 'graphql.operation.type': operation.kind, 'graphql.document.hash': operation.hash });
    if (operation.name !== null) span.setAttribute('graphql.operation.name', operation.name);
  }
  if (status !== null) span.setAttribute('http.response.status_code', status);
  span.setAttributes({ 'http.response.body.size': seen.bytes, 'pms.fetches': seen.fetches, 'pms.correlation_id': seen.correlationId });
  const [code] = seen.codes;
  if (code === undefined) span.end();
  else endFailed(trace, code);
}
