/** Three subgraphs with protected parts and subscriptions, and a router over them: what the tests of the front door use. */
import { unauthenticated } from '@pms/errors';
import type { Principal } from '@pms/identity/principal';
import { EventEmitter, on } from 'node:events';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { Registry } from 'prom-client';
import type { RouterOptions } from '../src/options.ts';
import { type Router, startRouter } from '../src/router.ts';
import { supergraphText } from '../src/supergraph/source.ts';
import { type Federation, federate, type Part, quiet, someone } from './federation.ts';

export interface Bell {
  ring(topic: string, payload: unknown): void;
  /** Subscribers of a topic that are there now. */
  listeners(topic: string): number;
  stream(topic: string): AsyncIterable<unknown>;
}

export function bell(): Bell {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    ring: (topic, payload) => void emitter.emit(topic, payload),
    listeners: (topic) => emitter.listenerCount(topic),
    stream: (topic) => {
      const source = on(emitter, topic);
      return {
        [Symbol.asyncIterator]: () => ({
          async next() {
            const { done, value } = await source.next() as IteratorResult<unknown[], undefined>;
            return done === true ? { done, value: undefined } : { done: false, value: value?.[0] };
          },
          return: async () => source.return?.() ?? { done: true, value: undefined },
        }),
      };
    },
  };
}

export { until } from '@pms/testing/until';

export function shop(bells: Bell): readonly Part[] {
  return [
    {
      name: 'stock',
      sdl: `scalar Even type Query { half(of: Even): Int products(first: Int): [Product!]! @listSize(slicingArguments: ["first"], assumedSize: 5, requireOneSlicingArgument: false)
          product(id: ID!): Product slow: String owner: Person things: [Thing!] containers: [Container] broken: String! refused: String }
        type Mutation { addProduct(name: String!): Product! first: Int second: Int }
        type Subscription { productChanged: Product! tick(of: String): Tick! failing: Int }
        type Tick { of: String! price: Int! }
        type Product @key(fields: "id") { id: ID! name: String! cost: Int @requiresScopes(scopes: [["cost:read"]]) }
        type Person @key(fields: "id") { id: ID! name: String email: String @authenticated }
        union Container = Crate | Safe
        interface Thing { id: ID! label: String }
        type Crate implements Thing { id: ID! label: String }
        type Safe implements Thing @policy(policies: [["guard"]]) { id: ID! label: String combination: String }`,
      resolvers: {
        Even: new GraphQLScalarType({ name: 'Even', parseValue: even, parseLiteral: (node) => even(node.kind === Kind.INT ? Number(node.value) : null) }),
        Query: {
          half: (_: unknown, { of }: { of: number }) => of / 2,
          products: (_: unknown, { first }: { first?: number }) => [1, 2, 3].slice(0, first ?? 3).map(product),
          product: (_: unknown, { id }: { id: string }) => product(id), slow: () => new Promise(() => {}),
          owner: () => ({ id: '7', name: 'Ann', email: 'ann@shop.example' }),
          things: () => things, containers: () => things,
          broken: () => {
            throw new Error('password of the database is hunter2');
          },
          refused: () => {
            throw unauthenticated('sign in first');
          },
        },
        Mutation: { addProduct: (_: unknown, { name }: { name: string }) => ({ id: '9', name }), first: () => 1, second: () => 2 },
        Subscription: {
          productChanged: { subscribe: () => bells.stream('productChanged') }, tick: { subscribe: () => bells.stream('tick') },
          failing: { subscribe: () => {
            throw new Error('the secret of the source');
          } },
        },
        Container: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
        Thing: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
        Product: { __resolveReference: ({ id }: { id: string }) => product(id) },
        Person: { __resolveReference: () => ({ id: '7', name: 'Ann', email: 'ann@shop.example' }) },
      },
    },
    {
      name: 'prices',
      sdl: `type Product @key(fields: "id") { id: ID! price: Int margin: Int @requires(fields: "cost") @requiresScopes(scopes: [["cost:read"]]) cost: Int @external }`,
      resolvers: {
        Product: {
          __resolveReference: (reference: object) => reference,
          price: ({ id }: { id: string }) => Number(id) * 100, margin: ({ id, cost }: { id: string; cost: number }) => Number(id) * 100 - cost,
        },
      },
    },
  ];
}

function even(value: unknown): number {
  if (typeof value !== 'number' || value % 2 !== 0) throw new GraphQLError('an even number is needed');
  return value;
}

const things = [{ __typename: 'Crate', id: 'c', label: 'crate' }, { __typename: 'Safe', id: 's', label: 'safe', combination: '1234' }];

const product = (id: string | number): object => ({ id: String(id), name: `product ${id}`, cost: Number(id) * 60 });

/** Tokens are names here: what a token proves is tested where tokens are verified. */
export async function byName(authorization: string | undefined): Promise<Principal | null> {
  if (authorization === undefined) return null;
  const [, name = ''] = /^Bearer (\w+)/.exec(authorization) ?? [];
  const expiresAt = Date.now() / 1000 + (name === 'brief' ? 1 : 3_600);
  const scopes: Record<string, string[]> = { reader: [], brief: [], guard: [], buyer: ['cost:read'] };
  if (scopes[name] === undefined) throw unauthenticated('the token does not verify');
  return { ...someone(...scopes[name]), subject: name, expiresAt };
}

export interface Shop {
  readonly router: Router;
  readonly bells: Bell;
  readonly federation: Federation;
  readonly registry: Registry;
  post(body: object, headers?: Record<string, string>): Promise<Response>;
  ask(query: string, headers?: Record<string, string>): Promise<{ data?: never; errors?: { message: string; path?: unknown[]; extensions: Record<string, unknown> }[] }>;
}

export async function openShop(options: Partial<RouterOptions> = {}): Promise<Shop> {
  const bells = bell();
  const federation = federate(shop(bells));
  const registry = new Registry();
  const router = await startRouter({
    supergraph: supergraphText(federation.sdl), dial: federation.dial, port: 0, host: '127.0.0.1', logger: quiet, metricsRegistry: registry, production: false,
    authenticate: byName, policies: { guard: ({ subject }) => subject === 'guard' }, ...options,
  });
  const post: Shop['post'] = (body, headers = {}) => fetch(`${router.url}/graphql`, {
    method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
  });
  return { router, bells, federation, registry, post, ask: async (query, headers) => (await post({ query }, headers)).json() as never };
}
