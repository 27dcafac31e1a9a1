/** How the router reaches a subgraph: by a call or over HTTP, the executor cannot tell. Throws when there is no answer. */
import type { Principal } from '@pms/identity/principal';
import type { Seen } from '../telemetry/seen.ts';
import type { Trace, TraceHeaders } from '../telemetry/trace.ts';

export interface SubgraphRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Only a `query` may be sent again after a failure; absent means unknown, which is treated as a mutation. */
  readonly kind?: 'query' | 'mutation' | 'subscription';
}

export interface SubgraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Record<string, unknown>;
}

export interface SubgraphResult {
  data?: Record<string, unknown> | null;
  errors?: readonly SubgraphError[];
  extensions?: Record<string, unknown>;
}

/** The trace headers go on to the subgraph. */
export interface RequestContext extends TraceHeaders {
  readonly principal: Principal | null;
  readonly token: string | null;
  readonly correlationId: string;
  readonly signal?: AbortSignal;
  /** Where fetches are noted. */
  readonly seen?: Seen;
  /** Only of a request that is recorded. */
  readonly trace?: Trace;
}

export interface Transport {
  execute(request: SubgraphRequest, context: RequestContext): Promise<SubgraphResult>;
  subscribe(request: SubgraphRequest, context: RequestContext): Promise<AsyncIterable<SubgraphResult>>;
}

export type Dial = (subgraph: { readonly name: string; readonly url: string }) => Transport;
