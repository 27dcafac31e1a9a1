/**
 * Goes through everything that the API can be asked, as somebody of one organisation, with what is another's: each place of each argument in turn, and each
 * entity. An answer leaks where it is another one than for a thing that does not exist, or where anything of the other organisation stands in it.
 */
import type { Principal } from '@pms/identity/principal';
import { type GraphQLField, type GraphQLObjectType, type GraphQLSchema, execute, isObjectType, isUnionType, parse } from 'graphql';
import type { Answer, Estate } from './estate.ts';
import { argumentsOf, type Give, operationOf, type Place, placesIn, selectionOf } from './generated.ts';
import type { Harvest } from './harvest.ts';

export interface Walker {
  readonly estate: Estate;
  readonly who: Principal;
  /** What is one's own, to give where it is not the question. */
  readonly own: Harvest;
  readonly foreign: Harvest;
  /** In every text that the other organisation wrote. */
  readonly mark: string;
}

interface Walked {
  /** Fields and entities that were asked for, each with how many questions. */
  readonly asked: Map<string, number>;
  readonly leaks: string[];
}

/** Of what an id is, by the end of its name: `benchmarkInstrumentId` is an instrument's. Ids of other names are tried with every kind. */
const PREFIXES: Readonly<Record<string, string>> = {
  portfolio: 'prt', instrument: 'ins', trade: 'trd', investor: 'inv', user: 'usr', simulation: 'sim', corporateaction: 'cac', break: 'brk', claim: 'clm', reconciliation: 'rec', serviceclient: 'svc', breach: 'brc',
};
const FOREIGN_MAX = 1;
const ROOT_DEPTH = 2;
const ENTITY_DEPTH = 2;

let unique = 0;

const kindOf = (name: string): string | undefined => {
  const plain = name.toLowerCase().replace(/ids?$/, '');
  return Object.entries(PREFIXES).find(([kind]) => plain !== '' && plain.endsWith(kind))?.[1];
};

/** Of one's own where it is an id, and new where it is a key. */
export const given = ({ own }: Walker): Give => (name, scalar) => {
  if (name === 'idempotencyKey' || name === 'externalId') return `walk-${String(unique += 1)}`;
  if (scalar === 'String') return name === 'email' ? `walk-${String(unique += 1)}@walk.example` : `walk ${name}`;
  const prefix = kindOf(name);
  return (prefix === undefined ? undefined : own.ids.get(prefix)?.[0]) ?? unknownLike('prt_00000000000000000000000000');
};

/** The other's ids and names that may stand in a place of a field; what both organisations say is nobody's. */
export function candidates({ own, foreign }: Walker, { path, scalar }: Place, field: string): readonly string[] {
  const name = path.at(-1) ?? '';
  const named = foreign.named.get(name) ?? foreign.named.get(name.replace(/s$/, '')) ?? [];
  const common = new Set([...own.named.values()].flat());
  const byName = named.filter((value) => !common.has(value)).slice(0, FOREIGN_MAX);
  if (scalar === 'String') return byName;
  const prefix = kindOf(name === 'id' ? `${field}Id` : name);
  const kinds = prefix === undefined ? [...foreign.ids.values()] : [foreign.ids.get(prefix) ?? []];
  return [...new Set([...byName, ...kinds.flatMap((ids) => ids.slice(0, FOREIGN_MAX))])];
}

/** The same kind of thing, and nobody's: ids keep their prefix and their age. */
function unknownLike(value: string): string {
  const id = /^([a-z]{3}_.{10})/.exec(value)?.[1];
  return id === undefined ? `nobody ${value.length}` : id.padEnd(30, '7');
}

const NEW_ID = /\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b/g;
const MOMENT = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const UNIQUE = /walk-\d+/g;

/** What is compared: without what was given, and without what is new or of the moment in every answer. A change is another one each time: of it, what was refused and why. */
const compared = (answer: Answer, value: string, kind: 'query' | 'mutation' = 'query'): string =>
  JSON.stringify({ data: kind === 'query' ? answer.data : refusals(answer), codes: answer.errors?.map(({ message, extensions }) => [message, extensions?.['code']]) }).replaceAll(value, '§').replaceAll(NEW_ID, '#').replaceAll(MOMENT, '@').replaceAll(UNIQUE, '~');

const refusals = ({ data }: Answer): unknown => Object.values((data ?? {}) as Record<string, { userErrors?: { code: string; path: unknown }[] } | null>).map((payload) => payload?.userErrors?.map(({ code, path }) => [code, path]));

/** Texts of a change are what its sender says; keys and ids are what it may be known by. */
const isAsked = (kind: 'query' | 'mutation', { path, scalar }: Place): boolean => kind === 'query' || scalar === 'ID' || KEYS.has(path.at(-1) ?? '');
const KEYS: ReadonlySet<string> = new Set(['idempotencyKey', 'externalId', 'session', 'custodian', 'account']);

/** What the walker has said itself may come back to it: it stands in its own things. */
const said = new Set<string>();

export function foreignIn({ foreign, mark }: Walker, answer: Answer, value: string): string | null {
  const text = JSON.stringify(answer).replaceAll(value, '§');
  if (text.toLowerCase().includes(mark)) return `the text ${/.{0,40}/.exec(text.slice(text.toLowerCase().indexOf(mark)))?.[0] ?? ''}`;
  for (const [id] of text.matchAll(NEW_ID)) if (!said.has(id) && foreign.ids.get(id.slice(0, 3))?.includes(id) === true) return id;
  return null;
}

/** Every field of a root type, through the router. */
export async function walkRoot(walker: Walker, schema: GraphQLSchema, kind: 'query' | 'mutation', only?: (field: string) => boolean): Promise<Walked> {
  const walked: Walked = { asked: new Map(), leaks: [] };
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  const fields = Object.values(root?.getFields() ?? {}).filter(({ name }) => only?.(name) ?? true);
  for (const field of fields) {
    await walkField(walker, { kind, field, walked });
    // what a mutation has done is known everywhere before the next one's answers are compared
    if (kind === 'mutation') await walker.estate.settled();
  }
  return walked;
}

interface OfField { readonly kind: 'query' | 'mutation'; readonly field: GraphQLField<unknown, unknown>; readonly walked: Walked }

async function walkField(walker: Walker, { kind, field, walked }: OfField): Promise<void> {
  const ask = (value: unknown, place?: Place): Promise<Answer> => {
    const variables = argumentsOf(field.args, given(walker), place === undefined ? undefined : { place, value });
    return walker.estate.ask(walker.who, operationOf(kind, field, variables, ROOT_DEPTH), variables);
  };
  let count = 1;
  const found = foreignIn(walker, await ask(undefined), '');
  if (found !== null) walked.leaks.push(`${kind} ${field.name}: ${found}`);
  for (const place of placesIn(field.args).filter((each) => isAsked(kind, each))) for (const value of candidates(walker, place, field.name)) {
    count += 2;
    const where = `${kind} ${field.name} with ${value} as ${place.path.join('.')}`;
    if (kind === 'mutation') said.add(value);
    const [answer, none] = [await ask(value, place), await ask(unknownLike(value), place)];
    const leaked = foreignIn(walker, answer, value);
    if (leaked !== null) walked.leaks.push(`${where}: ${leaked}`);
    else if (compared(answer, value, kind) !== compared(none, unknownLike(value), kind)) walked.leaks.push(`${where}: ${compared(answer, value, kind)} instead of ${compared(none, unknownLike(value), kind)}`);
  }
  walked.asked.set(`${kind} ${field.name}`, count);
}

/** Every type that a subgraph resolves by its key, with everything it has of it, asked as the router does. */
export async function walkEntities(walker: Walker, only?: (entity: string) => boolean): Promise<Walked & { readonly answers: Map<string, readonly Answer[]> }> {
  const walked = { asked: new Map<string, number>(), leaks: [] as string[], answers: new Map<string, readonly Answer[]>() };
  for (const { name, schema, contextFor } of walker.estate.subgraphs.values()) for (const type of entitiesOf(schema)) {
    const entity = `${name} ${type.name}`;
    if (only?.(entity) === false) continue;
    const document = parse(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type.name} ${selectionOf(type, ENTITY_DEPTH)} } }`);
    const ask = async (id: string): Promise<Answer> => {
      const contextValue = contextFor({ principal: walker.who, token: null, correlationId: 'cor_walk' });
      return JSON.parse(JSON.stringify(await execute({ schema, document, variableValues: { of: [{ __typename: type.name, id }] }, contextValue }))) as Answer;
    };
    const prefix = kindOf(`${type.name}Id`);
    const values = prefix === undefined ? [...walker.foreign.ids.values()].flatMap(([id]) => id ?? []) : (walker.foreign.ids.get(prefix) ?? []).slice(0, FOREIGN_MAX + 1);
    const answers: Answer[] = [];
    for (const id of values) {
      const [answer, none] = [await ask(id), await ask(unknownLike(id))];
      answers.push(answer);
      const leaked = foreignIn(walker, answer, id);
      if (leaked !== null) walked.leaks.push(`${entity} ${id}: ${leaked}`);
      else if (compared(answer, id) !== compared(none, unknownLike(id))) walked.leaks.push(`${entity} ${id}: ${compared(answer, id)} instead of ${compared(none, unknownLike(id))}`);
    }
    walked.asked.set(entity, values.length * 2);
    walked.answers.set(entity, answers);
  }
  return walked;
}

function entitiesOf(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const union = schema.getType('_Entity');
  return isUnionType(union) ? union.getTypes().filter(isObjectType) : [];
}
