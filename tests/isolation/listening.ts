/** Every subscription of every subgraph, opened with what is another organisation's, by that organisation too: it hears what happens, the stranger nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Principal } from '@pms/identity/principal';
import { type GraphQLField, type GraphQLSchema, parse, subscribe } from 'graphql';
import type { Subgraph } from '@pms/subgraph/subgraph';
import { argumentsOf, operationOf, placesIn } from './generated.ts';
import { candidates, foreignIn, given, type Walker } from './walk.ts';

const DEPTH = 2;
const HEARD_WITHIN_MS = 4_000;
const LOOK_EVERY_MS = 20;

interface Open {
  /** Which field, with what. */
  readonly name: string;
  readonly field: string;
  /** It names something of the other organisation. */
  readonly byId: boolean;
  readonly stranger: boolean;
  readonly heard: unknown[];
  end(): void;
}

export interface Listened {
  /** Fields, each with how often it was opened by the stranger. */
  readonly asked: ReadonlyMap<string, number>;
  /** Fields on which the other organisation heard what it did. */
  readonly heardByOwner: ReadonlySet<string>;
  readonly leaks: readonly string[];
}

/** `stir` makes the other organisation do what subscriptions tell of. */
export async function listen(walker: Walker, owner: Principal, stir: () => Promise<void>): Promise<Listened> {
  const all: Open[] = [];
  for (const subgraph of walker.estate.subgraphs.values()) for (const field of fieldsOf(subgraph.schema)) {
    const questions = [argumentsOf(field.args, given({ ...walker, own: walker.foreign })), ...placesIn(field.args).flatMap((place) =>
      candidates(walker, place, field.name).map((value) => argumentsOf(field.args, given({ ...walker, own: walker.foreign }), { place, value })))];
    for (const variables of questions) for (const who of [walker.who, owner]) all.push(await opened(subgraph, field, { variables, who, stranger: who === walker.who }));
  }
  await stir();
  const fields = new Set(all.map(({ field }) => field));
  const heardBy = (stranger: boolean): Set<string> => new Set(all.filter((each) => each.stranger === stranger && each.heard.some(isNews)).map(({ field }) => field));
  for (const end = performance.now() + HEARD_WITHIN_MS; performance.now() < end && heardBy(false).size < fields.size;) await delay(LOOK_EVERY_MS);
  for (const each of all) each.end();
  const leaks = all.filter(({ stranger }) => stranger).flatMap(({ name, byId, heard }) => heard.flatMap((news) => {
    const found = foreignIn(walker, { data: news }, '');
    // of what is asked for by an id nothing is for the stranger; of the rest, what is its own
    return found !== null || (byId && isNews(news)) ? [`subscription ${name}: ${found ?? JSON.stringify(news)}`] : [];
  }));
  const asked = new Map([...fields].map((field) => [field, all.filter((each) => each.stranger && each.field === field).length]));
  return { asked, heardByOwner: heardBy(false), leaks };
}

const fieldsOf = (schema: GraphQLSchema): readonly GraphQLField<unknown, unknown>[] => Object.values(schema.getSubscriptionType()?.getFields() ?? {});

interface Heard { readonly data?: Readonly<Record<string, unknown>> | null; readonly errors?: readonly { readonly path?: readonly unknown[] }[] }

/** A refusal is no news; what fails further inside is, for something came. */
const isNews = (heard: unknown): boolean => {
  const { data, errors = [] } = heard as Heard;
  return Object.values(data ?? {}).some((value) => value !== null) || errors.some(({ path = [] }) => path.length > 1);
};

async function opened({ schema, contextFor }: Subgraph, field: GraphQLField<unknown, unknown>, { variables, who, stranger }: { readonly variables: Record<string, unknown>; readonly who: Principal; readonly stranger: boolean }): Promise<Open> {
  const heard: unknown[] = [];
  const answer = await subscribe({
    schema, document: parse(operationOf('subscription', field, variables, DEPTH)), variableValues: variables, contextValue: contextFor({ principal: who, token: null, correlationId: 'cor_walk' }),
  });
  const open = { name: `${field.name} ${JSON.stringify(variables)}`, field: field.name, byId: placesIn(field.args).length > 0, stranger, heard };
  if (!(Symbol.asyncIterator in answer)) return { ...open, end: () => undefined };
  const iterator = answer[Symbol.asyncIterator]();
  const pump = async (): Promise<void> => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) heard.push(JSON.parse(JSON.stringify(next.value)));
  };
  void pump().catch(() => undefined);
  return { ...open, end: () => void iterator.return?.() };
}
