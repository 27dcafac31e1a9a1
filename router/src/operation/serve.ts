/**
 * What happens to an operation, whichever way it came: counted, looked up, prepared, authorised, run. HTTP,
 * server-sent events and websockets differ only in how they take it in and write it out.
 */
import { DomainError } from '@pms/errors';
import { GraphQLError } from 'graphql';
import type { RequestContext } from '../dial/transport.ts';
import type { Engine } from '../engine.ts';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import type { Observer } from '../telemetry/observer.ts';
import { keepTimings, noteOperation, notePlan, wantsPlan } from '../telemetry/prepared.ts';
import { noteErrors, type Seen } from '../telemetry/seen.ts';
import { explained, type MaySeePlans } from '../telemetry/shown-plan.ts';
import type { Identity } from '../security/authenticate.ts';
import type { Documents } from '../security/documents.ts';
import { clientKey } from '../security/client-key.ts';
import { refuseRevoked, type Revocations } from '@pms/identity/revocations';
import { type RateDecision, type RateLimit, RateLimited } from '../security/rate-limit.ts';
import type { Answer } from './answer.ts';
import { carryingToken } from './consistency.ts';
import type { PreparedOperation, Variant } from './prepare.ts';
import { InvalidOperation } from './validate.ts';

export interface GraphQLParams {
  readonly query?: string;
  /** Of an operation in the manifest of trusted operations, instead of its text. */
  readonly documentId?: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface Caller extends Identity {
  /** The address it came from: whose points an anonymous caller uses. */
  readonly address: string;
  readonly correlationId: string;
  /** Where its operation is noted; each operation has its own. */
  readonly seen: Seen;
  /** Headers that some subgraph is passed, by their names in small letters. */
  readonly passed?: Readonly<Record<string, string>>;
}

/** An operation that may run, for this caller, on the engine of this moment. */
export interface ReadyOperation {
  readonly engine: Engine;
  readonly operation: PreparedOperation;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The variables as they came. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly variant: Variant;
  /** What is left to the caller, where the operation cost more than its request did. */
  readonly rate?: RateDecision;
}

/** How an operation gets its answer. */
export type Answering = (ready: ReadyOperation, caller: Caller, signal: AbortSignal) => Promise<Answer>;

export interface Service {
  readonly observer: Observer;
  readonly logger: RouterLogger;
  readonly metrics: RouterMetrics;
  /** Uses one of the caller's units, before anything is read; the caller is told how many are left, refused or not. */
  count(caller: Pick<Caller, 'principal' | 'address'>): RateDecision | Promise<RateDecision>;
  /** Uses the rest of the units that the operation costs. Throws DomainError, InvalidOperation or NothingAllowed. `incremental` where the client takes what is deferred in parts. */
  prepare(params: GraphQLParams, caller: Caller, incremental?: boolean): Promise<ReadyOperation>;
  execute(ready: ReadyOperation, caller: Caller, signal: AbortSignal): Promise<Answer>;
  /** For an operation that `answersInParts`. */
  executeInParts(ready: ReadyOperation, caller: Caller, signal: AbortSignal): AsyncGenerator<Answer>;
}

export const answersInParts = ({ variant }: ReadyOperation): boolean => variant.parts.length > 0;

/** Everything the operation asks for was taken out of it. */
export class NothingAllowed extends Error {
  override readonly name = 'NothingAllowed';
  readonly errors: Variant['denied'];

  constructor(errors: Variant['denied']) {
    super('nothing of the operation may be read');
    this.errors = errors;
  }
}

const REQUEST_MS_MAX = 60_000;

export interface ServiceOptions {
  readonly engine: () => Engine;
  readonly limit: RateLimit;
  readonly documents: Documents;
  readonly observer: Observer;
  readonly logger: RouterLogger;
  readonly metrics: RouterMetrics;
  readonly answer: Answering;
  readonly revocations: Revocations | undefined;
  readonly maySeePlans: MaySeePlans;
}

export const contextOf = ({ principal, token, correlationId, seen, passed }: Caller, signal?: AbortSignal): RequestContext => ({
  principal, token, correlationId, seen, ...seen.headers, ...(passed === undefined ? {} : { passed }), ...(signal === undefined ? {} : { signal }), ...(seen.trace === null ? {} : { trace: seen.trace }),
});

const rateOf = (rate: RateDecision | undefined): Pick<ReadyOperation, 'rate'> => (rate === undefined ? {} : { rate });

export function service({ engine: current, limit, documents, observer, logger, metrics, answer: answered, revocations, maySeePlans }: ServiceOptions): Service {
  const counted = (decision: RateDecision): RateDecision => {
    if (!decision.allowed) metrics.limited.inc({ limit: 'rate' });
    return decision;
  };
  const charged = async (client: string, units: number): Promise<RateDecision> => {
    const decision = counted(await limit.use(client, units));
    refuseOverLimit(decision);
    return decision;
  };
  return {
    observer, logger, metrics,
    count(caller) {
      const decision = limit.use(clientKey(caller.principal, caller.address));
      return decision instanceof Promise ? decision.then(counted) : counted(decision);
    },
    async prepare(params, { principal, address, seen }, incremental = false) {
      refuseRevoked(principal, revocations); // a websocket's identity was established long ago
      const engine = current();
      const text = documents.textOf(params, seen.client?.name ?? null);
      const operation = engine.prepare(typeof text === 'string' ? text : await text, params.operationName);
      noteOperation(seen, operation, principal);
      if (wantsPlan(seen, params.extensions) && maySeePlans(principal)) keepTimings(seen);
      const given = params.variables ?? {};
      const variables = engine.variables(operation, given);
      seen.cost = engine.cost(operation, variables);
      const units = limit.rest(seen.cost);
      const rate = units === 0 ? undefined : await charged(clientKey(principal, address), units);
      const asked = performance.now();
      const variant = await engine.variant(operation, principal, incremental, variables);
      notePlan(seen, variant.planning, asked);
      if (variant.refused) throw new NothingAllowed(variant.denied);
      return { engine, operation, variables, given, variant, ...rateOf(rate) };
    },
    async execute(ready, caller, signal) {
      caller.seen.ran = true;
      const answer = explaining(carryingToken(await answered(ready, caller, signal), caller.seen), ready, caller);
      for (const { extensions } of answer.errors) metrics.errors.inc({ code: String(extensions['code']) });
      noteErrors(caller.seen, answer.errors);
      caller.seen.bytes = answer.text.length;
      return answer;
    },
    async* executeInParts(ready, caller, signal) {
      const { engine, variables, variant } = ready;
      caller.seen.ran = true;
      for await (const part of engine.executeInParts(variant, variables, contextOf(caller, signal))) {
        const answer = part.text.endsWith(LAST_PART) ? explaining(part, ready, caller) : part;
        for (const { extensions } of answer.errors) metrics.errors.inc({ code: String(extensions['code']) });
        noteErrors(caller.seen, answer.errors);
        caller.seen.bytes += answer.text.length;
        yield answer;
      }
    },
  };
}

const LAST_PART = '"hasNext":false}';

function explaining(answer: Answer, { variant }: ReadyOperation, { seen }: Caller): Answer {
  if (seen.timings === null) return answer;
  const { encoded: _, ...rest } = answer; // of a text that it no longer is
  return { ...rest, text: explained(answer, variant, seen) };
}

/** Throws RATE_LIMITED. */
export function refuseOverLimit(decision: RateDecision): void {
  if (!decision.allowed) throw new RateLimited(decision);
}

/** Aborts when the client goes away, or when the request has taken too long. */
export function deadline(): { readonly signal: AbortSignal; abort(): void; done(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new DomainError('SUBGRAPH_UNAVAILABLE', 'the request took too long')), REQUEST_MS_MAX);
  return {
    signal: controller.signal,
    abort: () => controller.abort(new Error('the client went away')),
    done: () => clearTimeout(timer),
  };
}

/** The operation is of a kind that this way in does not take. */
export const notHere = (message: string): InvalidOperation => new InvalidOperation('OPERATION_RESOLUTION_FAILURE', [new GraphQLError(message)]);
