/**
 * The router's part in consistency: a query's token names what a mutation wrote, and what a domain shows may be a consequence of that, some domains further on. Each domain on the way
 * is asked what it made of the events that it hears, once it has handled them; the domain of the query then waits for what it hears of all that.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { badInput, DomainError } from '@pms/errors';
import { lastOf } from '@pms/events/consistency';
import { type Awaited, type Token, tokenOf, tokenText } from '@pms/events/consistency-token';
import { publisherOf } from '@pms/events/envelope';
import { type Dial, NoAnswer, type RequestContext, type Transport } from '@pms/router/dial/transport';
import { CONSISTENCY_HEADER } from '@pms/subgraph/awaited';
import { CONSEQUENCES_EXTENSION } from '@pms/subgraph/follow';
import { counter, latency } from '@pms/telemetry/metrics';
import type { Flows } from './flows.ts';

/** Domains one behind the other; the longest way of ours takes four. */
const HOPS_MAX = 8;
/** Events that one question names: they go in a header. */
const ASKED_AT_ONCE_MAX = 100;
/** Ids that a domain is told to wait for, in a header too: of more the last count. */
const TOLD_IDS_MAX = 450;
/** Tokens that have been followed to the end, which then need not be again. */
const KEPT_MAX = 2_000;
/** A domain knows how long it is waited for, and says that it is late; this long after that nothing is expected of it any more. */
const GRACE_MS = 500;
const AGAIN_MS_FIRST = 50;
const AGAIN_MS_MAX = 400;

const hops = counter('pms_consistency_hops_total', 'Domains asked what they made of the events of a consistency token, by outcome: followed, late, away (no answer within the time)', ['domain', 'outcome']);
const followSeconds = latency('pms_consistency_follow_seconds', 'Following a consistency token through the domains, before the domain of a query is asked');

/** Asks a domain what it made of events. Null where nobody answered. Throws what the domain says. */
export type Ask = (domain: string, context: RequestContext) => Promise<readonly Awaited[] | null>;

export interface FollowOptions {
  readonly flows: Flows;
  /** For all of the way, and what the domain of the query waits afterwards. */
  readonly waitMsMax: number;
  /** Where domains are in this process; else they are asked over the dial. */
  readonly ask?: Ask;
}

const nameOf = (subgraph: string): string => subgraph.toLowerCase().replaceAll('_', '-');

export function followingTokens(dial: Dial, options: FollowOptions): Dial {
  const transports = new Map<string, Transport>();
  const follow = follower({ ...options, ask: options.ask ?? askOver(transports) });
  return (subgraph, settings) => {
    const inner = dial(subgraph, settings);
    const domain = nameOf(subgraph.name);
    transports.set(domain, inner);
    return {
      // who presents none is not delayed by so much as a turn
      execute: (request, context) => (request.kind !== 'query' || context.passed?.[CONSISTENCY_HEADER] === undefined
        ? inner.execute(request, context) : follow(domain, context).then((told) => inner.execute(request, told))),
      subscribe: (request, context) => inner.subscribe(request, context),
    };
  };
}

/** Any query does: the question is in the header. */
const QUESTION = { query: '{ __typename }', kind: 'query' } as const;

const askOver = (transports: ReadonlyMap<string, Transport>): Ask => async (domain, context) => {
  const transport = transports.get(domain);
  if (transport === undefined) return []; // a supergraph without it
  const result = await transport.execute(QUESTION, context).catch((error: unknown) => {
    if (error instanceof NoAnswer) return null;
    throw error;
  });
  const [error] = result?.errors ?? [];
  const { code, ...details } = error?.extensions ?? {};
  if (error !== undefined && TOLD.has(code)) throw new DomainError(code as 'STALE_READ', error.message, details);
  const said = result?.extensions?.[CONSEQUENCES_EXTENSION];
  return Array.isArray(said) ? said as readonly Awaited[] : null; // our own domains say it (follow.ts)
};

/** What a domain means by it; anything else is no answer. */
const TOLD: ReadonlySet<unknown> = new Set(['STALE_READ', 'BAD_USER_INPUT', 'UNAUTHENTICATED']);

type Follow = (domain: string, context: RequestContext) => Promise<RequestContext>;

function follower({ flows, waitMsMax, ask }: FollowOptions & { readonly ask: Ask }): Follow {
  const matters = mattering(flows);
  const found = keeping<readonly Awaited[]>();
  const answers = keeping<readonly Awaited[]>();
  const presenting = (context: RequestContext, text: string): RequestContext => ({ ...context, passed: { ...context.passed, [CONSISTENCY_HEADER]: text } });

  /** Shared by all who want to know the same, so that nobody's going away ends it. */
  const answered = (domain: string, token: Token, { context, deadline }: Way): Promise<readonly Awaited[]> =>
    answers(`${context.principal?.organizationId ?? ''} ${domain} ${tokenText(token)}`, async () => {
      for (let pause = AGAIN_MS_FIRST; ; pause = Math.min(pause * 2, AGAIN_MS_MAX)) {
        const left = Math.max(0, Math.ceil(deadline - performance.now()));
        const answer = await soon(ask(domain, presenting(context, `follow=${String(left)};${tokenText(token)}`)), left + GRACE_MS).catch((error: unknown) => { throw noted(domain, error); });
        if (answer !== null) {
          hops.inc({ domain, outcome: 'followed' });
          return answer;
        }
        if (performance.now() + pause > deadline) throw away(domain, waitMsMax);
        await delay(pause);
      }
    });

  /** Everything that came of the token's events, as far as it can reach the domain. */
  const closure = async (domain: string, token: Token, way: Way): Promise<readonly Awaited[]> => {
    const known = new Map(token.events.map((event) => [event.id, event]));
    let wave: readonly Awaited[] = token.events;
    for (let hop = 0; wave.length > 0 && hop < HOPS_MAX; hop += 1) {
      const asked = [...flows].flatMap(([name, types]) => {
        const of = wave.filter(({ type }) => types.get(type)?.some((next) => matters(domain).has(next)) === true);
        return chunks(of, ASKED_AT_ONCE_MAX).map((events) => answered(name, { ...token, events }, way));
      });
      wave = (await Promise.all(asked)).flat().filter(({ id }) => !known.has(id));
      for (const event of wave) known.set(event.id, event);
    }
    const types = flows.get(domain);
    return [...known.values()].filter(({ type }) => types?.has(type) === true || types?.has('*') === true || publisherOf(type) === domain);
  };

  return async (domain, context) => {
    const given = context.passed?.[CONSISTENCY_HEADER] ?? '';
    if (given.includes(';')) throw badInput(`the header ${CONSISTENCY_HEADER} holds no consistency token: send what a mutation answered to you, unchanged`);
    const token = tokenOf(given);
    if (token === null || token.correlationId === null || !leadsOn(flows, token, matters(domain))) return context;
    const begun = performance.now();
    const { signal: ofClient, ...lasting } = context;
    const way: Way = { context: lasting, deadline: begun + waitMsMax };
    const events = await found(`${context.principal?.organizationId ?? ''} ${domain} ${given}`, () => closure(domain, token, way).finally(() => followSeconds.observe((performance.now() - begun) / 1_000)));
    ofClient?.throwIfAborted();
    const left = Math.max(0, Math.ceil(way.deadline - performance.now()));
    // nothing of it reaches the domain: then the token as it was, which still says whose it is
    const told = events.length === 0 ? given : tokenText({ ...token, events: lastOf(events.map(({ type, id }) => ({ type, id })), TOLD_IDS_MAX) });
    return presenting(context, `wait=${String(left)};${told}`);
  };
}

interface Way {
  /** Without the client's signal. */
  readonly context: RequestContext;
  /** Of the clock that performance.now() reads. */
  readonly deadline: number;
}

/** Null when there is no answer by then: a domain that cannot look does not say so. */
async function soon<T>(answer: Promise<T>, ms: number): Promise<T | null> {
  const over = new AbortController();
  try {
    return await Promise.race([answer, delay(ms, null, { signal: over.signal, ref: false })]);
  } finally {
    over.abort();
  }
}

function noted(domain: string, error: unknown): unknown {
  if (error instanceof DomainError && error.code === 'STALE_READ') hops.inc({ domain, outcome: 'late' });
  return error;
}

function away(domain: string, waitMs: number): DomainError {
  hops.inc({ domain, outcome: 'away' });
  return new DomainError('STALE_READ', `${domain} does not say what it made of the events that the consistency token names: it has not answered within ${String(waitMs)} ms. Ask again, or without the token to read what is there`, { domain, retryAfterMs: waitMs });
}

const leadsOn = (flows: Flows, { events }: Token, matter: ReadonlySet<string>): boolean =>
  events.some(({ type }) => [...flows.values()].some((types) => types.get(type)?.some((next) => matter.has(next)) === true));

/** For a domain, the types that it hears, or that lead to one. */
function mattering(flows: Flows): (domain: string) => ReadonlySet<string> {
  const every = new Set([...flows.values()].flatMap((types) => [...types.values()].flat()));
  const known = new Map<string, ReadonlySet<string>>();
  return (domain) => {
    const before = known.get(domain);
    if (before !== undefined) return before;
    const own = flows.get(domain);
    const types = new Set([...every].filter((type) => own?.has('*') === true || own?.has(type) === true));
    for (let size = -1; size !== types.size;) {
      size = types.size;
      for (const of of flows.values()) for (const [type, next] of of) if (next.some((each) => types.has(each))) types.add(type);
    }
    known.set(domain, types);
    return types;
  };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** What was found once holds: consequences are committed. A failure is not kept. */
function keeping<T>(): (name: string, find: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (name, find) => {
    const before = kept.get(name);
    if (before !== undefined) return before;
    const finding = find();
    kept.set(name, finding);
    finding.catch(() => kept.delete(name));
    if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value ?? '');
    return finding;
  };
}
