/** Random valid operations on a schema, the same ones for the same seed. */
import {
  getNamedType, type GraphQLCompositeType, type GraphQLField, type GraphQLSchema, isAbstractType, isCompositeType, isUnionType, parse, validate,
} from 'graphql';

export interface RandomOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** A small generator with a known sequence (mulberry32), in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const DEPTH_MAX = 5;
const TRIES_MAX = 50;

export function randomOperation(schema: GraphQLSchema, random: () => number): RandomOperation {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const made = make(schema, random);
    if (validate(schema, parse(made.query)).length === 0) return made;
  }
  throw new Error('no valid operation found');
}

function make(schema: GraphQLSchema, random: () => number): RandomOperation {
  const fragments: string[] = [];
  let aliases = 0;
  const chance = (probability: number): boolean => random() < probability;
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  const field = (definition: GraphQLField<unknown, unknown>, depth: number): string => {
    const args = definition.args.flatMap(({ name, type }) => {
      if (!String(type).endsWith('!') && chance(0.5)) return [];
      const values: Record<string, string[]> = { Int: ['0', '1', '2', '$n'], ID: ['"1"', '"2"', '"3"', '"9"', '$id'], String: ['"USD"', '"EUR"', 'null'], Boolean: ['true', 'false', '$yes'] };
      return [`${name}: ${one(values[getNamedType(type).name] ?? ['null'])}`];
    });
    const alias = args.length > 0 || chance(0.15) ? `a${(aliases += 1)}: ` : '';
    const type = getNamedType(definition.type);
    return `${alias}${definition.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${condition()}${isCompositeType(type) ? set(type, depth + 1) : ''}`;
  };

  const condition = (): string => (chance(0.08) ? ` @${one(['skip', 'include'])}(if: ${one(['$yes', '$no', 'true', 'false'])})` : '');

  const set = (type: GraphQLCompositeType, depth: number): string => {
    const selections: string[] = [];
    if (chance(0.3)) selections.push('__typename');
    if (!isUnionType(type)) {
      const fields = Object.values(type.getFields()).filter(({ type: returned }) => depth < DEPTH_MAX || !isCompositeType(getNamedType(returned)));
      for (const definition of fields) if (chance(depth === 0 ? 0.25 : 0.3)) selections.push(field(definition, depth));
    }
    const possible = isAbstractType(type) ? [...schema.getPossibleTypes(type)] : [type];
    if (depth < DEPTH_MAX) for (const inner of possible) if (chance(isAbstractType(type) ? 0.5 : 0.08)) selections.push(fragment(inner, depth));
    return ` { ${(selections.length === 0 ? ['__typename'] : selections).join(' ')} }`;
  };

  const fragment = (type: GraphQLCompositeType, depth: number): string => {
    if (chance(0.7)) return `... on ${type.name}${condition()}${set(type, depth + 1)}`;
    const name = `F${fragments.length}`;
    const position = fragments.push('') - 1;
    fragments[position] = `fragment ${name} on ${type.name}${set(type, depth + 1)}`;
    return `...${name}${condition()}`;
  };

  const root = schema.getQueryType();
  if (root == null) throw new Error('no Query');
  const body = set(root, 0);
  const text = `${body} ${fragments.join(' ')}`;
  const types: Record<string, string> = { n: 'Int', id: 'ID!', yes: 'Boolean!', no: 'Boolean!' };
  const used = Object.keys(types).filter((name) => new RegExp(`\\$${name}\\b`).test(text));
  const values: Record<string, unknown> = { n: Math.floor(random() * 3), id: String(Math.floor(random() * 10)), yes: true, no: false };
  return {
    query: `query${used.length > 0 ? `(${used.map((name) => `$${name}: ${types[name]}`).join(', ')})` : ''}${text}`,
    variables: Object.fromEntries(used.map((name) => [name, values[name]])),
  };
}
