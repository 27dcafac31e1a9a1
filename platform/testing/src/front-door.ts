/** One domain on a database of its own, used as the router and the bus use it: GraphQL in, events in, events out. */
import { actingFor } from '@pms/events/acting';
import { type Event, event as newEvent, type EventType } from '@pms/events/envelope';
import { alike } from '@pms/events/handling';
import { newId } from '@pms/events/ids';
import { localLive } from '@pms/events/live';
import { type OutboxRow, eventOf, OUTBOX_COLUMNS } from '@pms/events/outbox';
import { schemaOf } from '@pms/events/sql';
import { type Principal, scopes } from '@pms/identity/principal';
import { connect, connectIsolated, type Database } from '@pms/prisma/connect';
import type { Settings, Subgraph, Surroundings } from '@pms/subgraph/subgraph';
import { silent } from '@pms/telemetry/logger';
import { execute, type ExecutionResult, parse, subscribe, validate } from 'graphql';
import { doorsOf, testDatabase } from './test-database.ts';

/** A user with every scope, unless the test says otherwise. */
export const principal = (over: Partial<Principal> = {}): Principal => ({
  subject: 'usr_tester', kind: 'USER', organizationId: 'org_one', roles: ['ADMIN'], scopes: new Set(scopes), tokenId: 'tok_1', expiresAt: 4_102_444_800, ...over,
});

const settings: Settings = {
  production: false, demo: false, issuer: 'http://127.0.0.1:4000', secret: (name) => Promise.resolve(Buffer.from(name.padEnd(32, '.')).toString('base64url')),
};

export interface Ask {
  readonly as?: Principal | null;
  readonly correlationId?: string;
}

/** What a test reads of an answer: `data` freely, errors by code. */
export interface Answer {
  // oxlint-disable-next-line typescript/no-explicit-any -- a test states the shape it expects by asserting on it
  readonly data: any;
  readonly codes: readonly unknown[];
  readonly messages: readonly string[];
}

export interface FrontDoor {
  readonly subgraph: Subgraph;
  /** As the owner of everything, for what a test looks at or puts there itself; the subgraph has the roles of its domain. */
  readonly database: Database;
  readonly surroundings: Surroundings;
  ask(query: string, variables?: Record<string, unknown>, ask?: Ask): Promise<Answer>;
  subscribe(query: string, variables?: Record<string, unknown>, ask?: Ask): Promise<AsyncIterable<ExecutionResult>>;
  /** Delivers events as the bus does: each to the reaction to its type (or to `*`); runs go to `reactAll` where there is one. */
  hear(...events: readonly Event[]): Promise<void>;
  /** What the domain has told so far, in order. */
  told(): Promise<Event[]>;
  close(): Promise<void>;
}

/** An event as another domain would publish it. */
export const heard = <Data>(type: EventType<Data>, key: string, data: Data, over: Partial<Event> = {}): Event<Data> => ({
  ...newEvent(type, key, data, {
    origin: { organizationId: 'org_one', actor: 'usr_tester', correlationId: 'cor_test', causationId: null }, newId, now: () => new Date(),
  }),
  ...over,
  data,
});

export async function frontDoor(make: (surroundings: Surroundings) => Subgraph, over: Partial<Surroundings> = {}): Promise<FrontDoor> {
  const { url, drop } = await testDatabase();
  const database = connect(url, { poolMax: 6 });
  const own = connectIsolated(() => doorsOf(url, subgraph.name), { poolMax: 6 });
  const live = localLive();
  const surroundings: Surroundings = { database: own, live, logger: silent, settings, wake: () => undefined, newId, now: () => new Date(), ...over };
  const subgraph: Subgraph = make(surroundings);
  const prepare = (query: string, variableValues: Record<string, unknown>, { as = principal(), correlationId = 'cor_test' }: Ask) => {
    const document = parse(query);
    const errors = validate(subgraph.schema, document);
    if (errors[0] !== undefined) throw errors[0];
    return { schema: subgraph.schema, document, variableValues, contextValue: subgraph.contextFor({ principal: as, token: null, correlationId }) };
  };
  return {
    subgraph, database, surroundings,
    async ask(query, variables = {}, ask = {}) {
      const { data, errors = [] } = await execute(prepare(query, variables, ask));
      return { data, codes: errors.map(({ extensions }) => extensions['code']), messages: errors.map(({ message }) => message) };
    },
    async subscribe(query, variables = {}, ask = {}) {
      const answer = await subscribe(prepare(query, variables, ask));
      if (Symbol.asyncIterator in answer) return answer;
      throw answer.errors?.[0] ?? new Error('the subscription was refused');
    },
    hear: async (...events) => deliver(subgraph, events),
    async told() {
      const { rows } = await database.query<OutboxRow>(`select ${OUTBOX_COLUMNS} from ${schemaOf(subgraph.name)}.outbox_event order by seq`);
      return rows.map(eventOf);
    },
    async close() {
      await subgraph.close();
      await live.close();
      await own.close();
      await database.close();
      await drop();
    },
  };
}

async function deliver({ reactions }: Subgraph, events: readonly Event[]): Promise<void> {
  const reactionTo = (event: Event) => reactions.find(({ type }) => type === event.type) ?? reactions.find(({ type }) => type === '*');
  for (let start = 0; start < events.length;) {
    const first = events[start] as Event;
    const reaction = reactionTo(first);
    const length = events.slice(start).findIndex((event) => event.key !== first.key || !alike(reactionTo(event), reaction));
    const run = events.slice(start, length === -1 ? undefined : start + length);
    start += run.length;
    if (reaction === undefined) continue;
    if (reaction.reactAll !== undefined && run.length > 1) await actingFor(run.map(({ organizationId }) => organizationId), () => reaction.reactAll?.(run));
    else for (const one of run) await actingFor(one.organizationId, () => reaction.react(one));
  }
}
