/** An input for any mutation, made from its type: what must be given is given, ids of the world's own where one of that name is known. */
import { getNullableType, type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';

/** By the name of the field: `portfolioId` and the like. */
export type Known = Readonly<Record<string, unknown>>;

const scalars: Readonly<Record<string, unknown>> = {
  ID: 'xxx_unknown', String: 'Text', Int: 40, Float: 0.5, Boolean: true, Decimal: '10', Date: '2026-11-19', DateTime: '2026-11-19T12:00:00.000Z', Currency: 'USD', JSON: {},
};
/** Given although they need not be, as known things are: the trail is to show them. */
const WISHED = new Set(['reason']);

let made = 0;

export function inputFor(type: GraphQLInputType, known: Known, name = ''): unknown {
  const bare = getNullableType(type);
  if (Object.hasOwn(known, name)) return known[name];
  if (isListType(bare)) return [inputFor(bare.ofType, known, name.replace(/s$/, ''))];
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (!isInputObjectType(bare)) return scalar(bare.name, name);
  const fields = Object.values(bare.getFields());
  const wanted = fields.filter((field) => isNonNullType(field.type) || WISHED.has(field.name) || Object.hasOwn(known, field.name));
  return Object.fromEntries(wanted.map((field) => [field.name, inputFor(field.type, known, field.name)]));
}

function scalar(type: string, name: string): unknown {
  made += 1;
  if (name === 'idempotencyKey' || name === 'externalId') return `key-${String(made)}`;
  if (name === 'email') return `somebody${String(made)}@world.example`;
  return scalars[type] ?? 'Text';
}
