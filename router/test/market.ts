/**
 * A federation with subscriptions of each kind, in either dial: `tick` (events without history), `price` (a state, told at once), `news`
 * (events with their history); each with an item whose name another subgraph knows. What happens is decided by the test.
 */
import { createClient } from 'graphql-ws';
import { Registry } from 'prom-client';
import { WebSocket } from 'ws';
import { inProcess } from '../src/dial/in-process.ts';
import { overHttp } from '../src/dial/over-http.ts';
import type { Dial } from '../src/dial/transport.ts';
import type { RouterOptions } from '../src/options.ts';
import { type Router, startRouter } from '../src/router.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { type Federation, federate, type Part, quiet } from './federation.ts';
import { type Remote, serveRemotely } from './remote.ts';

export const dials = ['in process', 'over HTTP'] as const;
export type DialKind = (typeof dials)[number];

/** Where what happens is told to whoever listens, and can be broken off. */
export interface Feed<T> {
  tell(value: T): void;
  /** Every source throws. */
  breakOff(): void;
  listeners(): number;
  /** Begins with these. */
  stream(first?: readonly T[]): AsyncIterableIterator<T>;
}

function feed<T>(): Feed<T> {
  const open = new Set<{ push(value: T): void; fail(): void }>();
  return {
    tell: (value) => open.forEach(({ push }) => push(value)),
    breakOff: () => open.forEach(({ fail }) => fail()),
    listeners: () => open.size,
    stream(first = []) {
      const waiting = [...first];
      let state: 'open' | 'failed' | 'closed' = 'open';
      let wake = (): void => {};
      const one = {
        push(value: T) {
          waiting.push(value);
          wake();
        },
        fail() {
          state = 'failed';
          wake();
        },
      };
      open.add(one);
      return {
        async next() {
          for (;;) {
            const value = waiting.shift();
            if (value !== undefined) return { done: false, value };
            if (state === 'closed') return { done: true, value: undefined };
            if (state === 'failed') {
              open.delete(one);
              throw new Error('the source broke off');
            }
            await new Promise<void>((resolve) => void (wake = resolve));
          }
        },
        async return() {
          state = 'closed';
          open.delete(one);
          wake();
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

export interface Feeds {
  readonly tick: Feed<{ tick: object }>;
  readonly price: Feed<{ price: object }>;
  readonly news: Feed<{ news: object }>;
  /** Every news so far; a resumption begins behind one of them. */
  readonly history: { news: { id: string; text: string } }[];
  write(text: string): void;
}

export function feeds(): Feeds {
  const [tick, price, news] = [feed<{ tick: object }>(), feed<{ price: object }>(), feed<{ news: object }>()];
  const history: Feeds['history'] = [];
  return {
    tick, price, news, history,
    write(text) {
      const one = { news: { id: String(history.length + 1), text } };
      history.push(one);
      news.tell(one);
    },
  };
}

/** `also` is put into the query type; with `named` names come from a subgraph of their own. */
export function marketParts({ tick, price, news, history }: Feeds, { also = '', named = 'names', itemName = 'String' }: { also?: string; named?: string; itemName?: string } = {}): Part[] {
  return [
    {
      name: 'feeds',
      sdl: `type Query { now: Int! ${also} }
        type Subscription { tick: Tick! price(of: String): Price! news(after: ID): News! }
        type Tick { n: Int! item: Item! } type Price { n: Int! of: String! item: Item! } type News { id: ID! text: String! }
        type Item @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: { now: () => 1 },
        Subscription: {
          tick: { subscribe: () => tick.stream() },
          price: { subscribe: () => price.stream([{ price: { n: 0, of: 'A', item: { id: '0' } } }]) },
          news: { subscribe: (_: unknown, { after }: { after?: string | null }) => news.stream(after == null ? [] : history.slice(Number(after))) },
        },
      },
    },
    {
      name: named,
      sdl: `type Item @key(fields: "id") { id: ID! name: ${itemName} }`,
      resolvers: { Item: { __resolveReference: (reference: object) => reference, name: ({ id }: { id: string }) => (itemName === 'String' ? `${named} ${id}` : Number(id)) } },
    },
  ];
}

export interface Market {
  readonly router: Router;
  readonly feeds: Feeds;
  readonly registry: Registry;
  readonly remotes: ReadonlyMap<string, Remote>;
  /** The supergraph of other parts, whose subgraphs can be reached from then on. */
  compose(parts: readonly Part[]): Promise<string>;
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

export async function openMarket(kind: DialKind, options: Partial<RouterOptions> = {}): Promise<Market> {
  const source = feeds();
  const remotes = new Map<string, Remote>();
  const http = overHttp();
  let local: Federation = federate(marketParts(source));
  const dial: Dial = (subgraph, settings) => {
    const remote = remotes.get(subgraph.name);
    return remote === undefined ? inProcess(local.subgraphs)(subgraph, settings) : http.dial({ name: subgraph.name, url: remote.url }, settings);
  };
  const serve = async (): Promise<void> => {
    if (kind === 'in process') return;
    for (const subgraph of local.subgraphs) if (!remotes.has(subgraph.name)) remotes.set(subgraph.name, await serveRemotely(subgraph));
  };
  await serve();
  const registry = new Registry();
  const router = await startRouter({
    supergraph: supergraphText(local.sdl), dial, port: 0, host: '127.0.0.1', logger: quiet, metricsRegistry: registry, production: false, ...options,
  });
  return {
    router, feeds: source, registry, remotes,
    async compose(parts) {
      local = federate(parts);
      await serve();
      return local.sdl;
    },
    async metric(name) {
      const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
    },
    async close() {
      await router.close();
      await http.close();
      for (const remote of remotes.values()) await remote.close();
    },
  };
}

export interface Heard {
  readonly events: any[];
  /** The errors that ended it, `complete`, or null while it goes on. */
  ended(): unknown;
  stop(): void;
  readonly socket: () => WebSocket | undefined;
}

/** One websocket and one subscription on it. */
export function hear(market: Market, query: string, headers: Record<string, string> = {}, variables?: Record<string, unknown>): Heard {
  let opened: WebSocket | undefined;
  const client = createClient({
    url: `${market.router.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, connectionParams: headers, retryAttempts: 0, lazy: true,
    on: { opened: (socket) => void (opened = socket as WebSocket) },
  });
  const events: unknown[] = [];
  let ended: unknown = null;
  client.subscribe({ query, ...(variables === undefined ? {} : { variables }) }, {
    next: (event) => void events.push(event.data ?? event), error: (error) => void (ended = error), complete: () => void (ended ??= 'complete'),
  });
  return { events, ended: () => ended, stop: () => void client.dispose(), socket: () => opened };
}

/** A subscription by server-sent events, read to its end. */
export async function stream(market: Market, query: string, headers: Record<string, string> = {}): Promise<{ text(): string; done: Promise<void>; stop(): void }> {
  const gone = new AbortController();
  const response = await fetch(`${market.router.url}/graphql`, {
    method: 'POST', body: JSON.stringify({ query }), signal: gone.signal, headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
  });
  let text = '';
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk, { stream: true });
  };
  return { text: () => text, done: read().catch(() => {}), stop: () => gone.abort() };
}
