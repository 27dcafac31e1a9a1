/** What is noted of one operation on its way: the source of its log line, its metrics and its span. One object a request, written to in place. */
import type { Principal } from '@pms/identity/principal';
import type { Client } from './labels.ts';
import type { Trace, TraceHeaders } from './trace.ts';

export type Via = 'http' | 'sse' | 'multipart' | 'websocket';

export interface SeenOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** null for one without a name. */
  readonly name: string | null;
  /** SHA-256 of the document. */
  readonly hash: string;
}

export interface FetchTiming {
  /** `performance.now()`. */
  readonly started: number;
  readonly ms: number;
  readonly outcome: 'ok' | 'errors' | 'unavailable';
}

/** Of each fetch of the plan, by identity; only where the plan was asked for. */
export type Timings = Map<object, FetchTiming[]>;

export interface Seen {
  via: Via;
  /** Of its span. */
  readonly name: string;
  /** `performance.now()`. */
  readonly started: number;
  readonly correlationId: string;
  readonly client: Client | null;
  /** Where it came from, as far as is known. */
  readonly address: string | null;
  readonly userAgent: string | null;
  /** null for a request that is not recorded. */
  readonly trace: Trace | null;
  readonly traceId: string | null;
  /** What goes on to the subgraphs. */
  readonly headers: TraceHeaders;
  /** Whether a header asks for the plan. */
  readonly planAsked: boolean;
  principal: Principal | null;
  operation: SeenOperation | null;
  /** Whether its plan was there already; null before it was looked for. */
  planFound: boolean | null;
  planMs: number;
  cost: number | null;
  /** How the response cache answered, where there is one. */
  cache: string | null;
  fetches: number;
  /** Of a subscription. */
  events: number;
  bytes: number;
  /** The consistency tokens of what it changed. */
  written: readonly string[];
  /** Whether it began to run. */
  ran: boolean;
  /** Of the errors that were told. */
  codes: readonly string[];
  timings: Timings | null;
  ended: boolean;
}

const NONE: readonly string[] = [];

export const seenFrom = (given: Pick<Seen, 'via' | 'name' | 'started' | 'correlationId' | 'client' | 'address' | 'userAgent' | 'planAsked' | 'trace' | 'traceId' | 'headers'>): Seen => ({
  ...given, principal: null, operation: null, planFound: null, planMs: 0, cost: null, cache: null, fetches: 0, events: 0, bytes: 0, ran: false, codes: NONE, written: NONE,
  timings: null, ended: false,
});

const CODES_MAX = 10;

/** Notes what errors were told, each code once. */
export function noteErrors(seen: Seen | undefined, errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[]): void {
  if (seen === undefined || errors.length === 0) return;
  const codes = new Set(seen.codes);
  for (const { extensions } of errors) if (codes.size < CODES_MAX) codes.add(String(extensions['code']));
  seen.codes = [...codes];
}
