/** How the router reaches a subgraph: by a call or over HTTP, the executor cannot tell. Throws when there is no answer. */
import type { Principal } from '@pms/identity/principal';
import type { SubgraphSettings } from './settings.ts';
import type { Seen } from '../telemetry/seen.ts';
import type { Trace, TraceHeaders } from '../telemetry/trace.ts';

export interface SubgraphRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `variables` as JSON, where somebody has written it already. */
  readonly variablesText?: string;
  /** Where entities are asked for: the variable that holds their representations, and where in the answer they are. */
  readonly entities?: readonly { readonly variable: string; readonly responseKey: string }[];
  /** Only a `query` may be sent again after a failure; absent means unknown, which is treated as a mutation. */
  readonly kind?: 'query' | 'mutation' | 'subscription';
  /** Bytes that an answer over HTTP is compared with: where it is the same it is not read, and `same` says so. `id` names them. */
  readonly expected?: { readonly id: number; readonly bytes: Buffer };
  /** Whether the answer is wanted with its bytes, which there are over HTTP only. */
  readonly keepBytes?: boolean;
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
  /** What the subgraph says about keeping this answer, as HTTP's header says it. */
  cacheControl?: string;
  /** The body; only where it was asked for, or is what was expected. */
  bytes?: Buffer;
  /** It is what was expected, and was not read: there is no `data`. */
  same?: boolean;
}

/** The trace headers go on to the subgraph. */
export interface RequestContext extends TraceHeaders {
  readonly principal: Principal | null;
  readonly token: string | null;
  readonly correlationId: string;
  /** Headers of the client that some subgraph is passed, by their names in small letters. */
  readonly passed?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Told what each fetch's answer says about keeping it; only where answers are kept. */
  readonly heard?: (cacheControl: string | undefined) => void;
  /** Where fetches are noted. */
  readonly seen?: Seen;
  /** Only of a request that is recorded. */
  readonly trace?: Trace;
}

export interface Transport {
  execute(request: SubgraphRequest, context: RequestContext): Promise<SubgraphResult>;
  subscribe(request: SubgraphRequest, context: RequestContext): Promise<AsyncIterable<SubgraphResult>>;
}

/** Without settings the standard ones hold. */
export type Dial = (subgraph: { readonly name: string; readonly url: string }, settings?: SubgraphSettings) => Transport;

export interface NoAnswerOptions {
  /** Whether another attempt may fare better. */
  readonly again?: boolean;
  /** When the subgraph wants to be asked again. */
  readonly retryAfterMs?: number;
}

/** No answer, or one that is not GraphQL: what breakers count. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly again: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { again = false, retryAfterMs }: NoAnswerOptions = {}) {
    super(message);
    this.again = again;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A subscription that had begun broke off: events may have been missed. A source that never began throws DomainError instead. */
export class SourceLost extends Error {
  override readonly name = 'SourceLost';
}
