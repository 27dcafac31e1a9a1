/** Writes a random world as its subgraphs and as one schema. */
import { type Field, type Entity, type Shape } from './shape.ts';
import { hash } from './dice.ts';

export const named = (type: string): string => type.replaceAll(/[[\]!]/g, '');

const KEY_FIELDS: Readonly<Record<string, string>> = { id: 'ID!', code: 'String!', region: 'String!', ref: 'Ref!' };
const SHARED = `
  enum Color { RED GREEN BLUE @deprecated(reason: "of little use") } enum Size { S M L XL } "Anything that is JSON" scalar Blob
  input Range { low: Int! high: Float = 10 color: Color = BLUE next: Range old: [Int!] @deprecated(reason: "unused") }`;

/** The top-level fields of a selection. */
export function fieldsOf(selection: string): string[] {
  return selection.replaceAll(/\([^)]*\)/g, '').replaceAll(/\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, '').split(/\s+/).filter((name) => name !== '');
}

export const keyFieldsOf = (keys: readonly string[]): string[] => [...new Set(keys.flatMap(fieldsOf))];

/** Keys of an entity in a subgraph: where none of its fields is resolved, one key is enough to refer to it. */
export const keysOf = (entity: Entity, subgraph: string): readonly string[] =>
  entity.keysIn[subgraph] ?? [entity.linked ? 'id' : entity.keys[hash(entity.name + subgraph) % entity.keys.length] as string];

/** Fields that a subgraph declares but another resolves, and whether it brings them along itself. */
export function externalIn({ entities }: Shape, entity: Entity, subgraph: string): ReadonlyMap<string, 'required' | 'provided'> {
  const external = new Map<string, 'required' | 'provided'>();
  for (const { owners, requires } of entity.fields) if (requires !== undefined && owners.includes(subgraph)) for (const name of fieldsOf(requires)) external.set(name, 'required');
  for (const { provides, type } of entities.flatMap(({ fields }) => fields)) {
    const brought = provides?.[subgraph];
    if (brought !== undefined && named(type) === entity.name) external.set(brought, 'provided');
  }
  return external;
}

const provided = ({ entities }: Shape, entity: Entity, name: string): boolean =>
  entities.flatMap(({ fields }) => fields).some(({ provides, type }) => named(type) === entity.name && Object.values(provides ?? {}).includes(name));

const signature = ({ name, args, type, deprecated }: Field): string =>
  `${name}${args === '' ? '' : `(${args})`}: ${type}${deprecated === undefined ? '' : ` @deprecated(reason: "${deprecated}")`}`;

/** Only owners may deprecate. */
const withoutDeprecation = ({ name, type, args, owners }: Field): Field => ({ name, type, args, owners });

function fieldIn(shape: Shape, entity: Entity, field: Field, subgraph: string): string {
  const { owners, movedFrom, requires, provides } = field;
  if (movedFrom === subgraph) return signature(field);
  const directives = [
    ...(owners.length > 1 || provided(shape, entity, field.name) ? ['@shareable'] : []),
    ...(movedFrom === undefined ? [] : [`@override(from: "${movedFrom}")`]),
    ...(requires === undefined ? [] : [`@requires(fields: "${requires}")`]),
    ...(provides?.[subgraph] === undefined ? [] : [`@provides(fields: "${provides[subgraph]}")`]),
  ];
  return [signature(field), ...directives].join(' ');
}

/** Fields that an entity has in a subgraph, each as text; keys apart. */
function entityFields(shape: Shape, entity: Entity, subgraph: string, interfaces: readonly string[]): string[] {
  const external = externalIn(shape, entity, subgraph);
  const label = entity.interfaces.length > 0 && (interfaces.length > 0 || entity.home === subgraph) ? ['label: String! @shareable'] : [];
  return [
    ...label,
    ...entity.fields.flatMap((field) => {
      if (field.owners.includes(subgraph) || field.movedFrom === subgraph) return [fieldIn(shape, entity, field, subgraph)];
      return external.has(field.name) ? [`${signature(withoutDeprecation(field))} @external`] : [];
    }),
  ];
}

function neighbours(shape: Shape, name: string, subgraph: string): string[] {
  const entity = shape.entities.find((one) => one.name === name);
  if (entity !== undefined) {
    const external = externalIn(shape, entity, subgraph);
    return entity.fields.filter(({ name: field, owners, movedFrom }) => owners.includes(subgraph) || movedFrom === subgraph || external.has(field)).map(({ type }) => named(type));
  }
  const value = shape.values.find((one) => one.name === name);
  if (value !== undefined) return value.fields.map(({ type }) => named(type));
  const known = shape.interfaces.find((one) => one.name === name);
  if (known !== undefined) return [...known.members, ...known.fields.filter(({ owners }) => owners.includes(subgraph)).map(({ type }) => named(type))];
  const union = shape.unions.find((one) => one.name === name);
  if (union !== undefined) return [...union.members];
  if (name === shape.entityInterface?.name) return subgraph === shape.entityInterface.home ? [...shape.entityInterface.members] : shape.entityInterface.fields.map(({ type }) => named(type));
  return name === 'Outcome' ? [freeOf(shape), 'Box'] : [];
}

export const freeOf = ({ entities }: Shape): string => entities.at(-1)?.name ?? '';

function reached(shape: Shape, subgraph: string): Set<string> {
  const roots = [...shape.queries, ...shape.mutations].filter(({ owners }) => owners.includes(subgraph)).map(({ type }) => named(type));
  const open = [...roots, ...shape.interfaces.filter(({ fields }) => fields.some(({ owners }) => owners.includes(subgraph))).map(({ name }) => name), ...shape.entities.filter(({ keysIn }) => keysIn[subgraph] !== undefined).map(({ name }) => name)];
  if (subgraph === shape.entityInterface?.home || subgraph === shape.entityInterface?.objectIn) open.push(shape.entityInterface.name);
  const seen = new Set<string>();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...neighbours(shape, name, subgraph));
  }
  return seen;
}

export function subgraphSdl(shape: Shape, subgraph: string): string {
  const types = reached(shape, subgraph);
  const texts = [
    rootSdl('Query', shape.queries, subgraph), rootSdl('Mutation', shape.mutations, subgraph),
    ...shape.entities.filter(({ name }) => types.has(name)).map((entity) => entitySdl(shape, entity, subgraph, types)),
    ...shape.values.filter(({ name }) => types.has(name)).map(({ name, fields }) => `type ${name} @shareable { ${fields.map(signature).join(' ')} }`),
    ...shape.interfaces.filter(({ name }) => types.has(name)).map(({ name, fields }) =>
      `interface ${name} { label: String! ${fields.filter(({ owners }) => owners.includes(subgraph)).map(signature).join(' ')} }`),
    ...shape.unions.filter(({ name }) => types.has(name)).map(({ name, members }) => `union ${name} = ${members.join(' | ')}`),
    ...(types.has('Outcome') ? [`type Outcome @shareable { order: Int! thing: ${freeOf(shape)} box: Box }`] : []),
    ...linkedSdl(shape, subgraph),
  ];
  return withShared(texts.join('\n'), true);
}

function rootSdl(name: string, fields: readonly Field[], subgraph: string): string {
  const mine = fields.filter(({ owners }) => owners.includes(subgraph));
  return mine.length === 0 ? '' : `type ${name} { ${mine.map((field) => signature(field) + (field.owners.length > 1 ? ' @shareable' : '')).join(' ')} }`;
}

function entitySdl(shape: Shape, entity: Entity, subgraph: string, types: ReadonlySet<string>): string {
  const keys = keysOf(entity, subgraph);
  const interfaces = entity.interfaces.filter((name) => types.has(name));
  const linked = types.has('Linked') && shape.entityInterface?.members.includes(entity.name) === true ? ['Linked'] : [];
  const all = [...interfaces, ...linked];
  const resolvable = entity.keysIn[subgraph] === undefined ? ', resolvable: false' : '';
  const fields = [...keyFieldsOf(keys).map((key) => `${key}: ${KEY_FIELDS[key]}`), ...entityFields(shape, entity, subgraph, interfaces)];
  return `type ${entity.name}${all.length === 0 ? '' : ` implements ${all.join(' & ')}`} ${keys.map((key) => `@key(fields: "${key}"${resolvable})`).join(' ')} { ${fields.join(' ')} }`;
}

function linkedSdl({ entityInterface }: Shape, subgraph: string): string[] {
  if (entityInterface === null) return [];
  if (subgraph === entityInterface.home) return [`interface ${entityInterface.name} @key(fields: "id") { id: ID! }`];
  if (subgraph !== entityInterface.objectIn) return [];
  return [`type ${entityInterface.name} @key(fields: "id") @interfaceObject { id: ID! ${entityInterface.fields.map(signature).join(' ')} }`];
}

function withShared(sdl: string, shareable: boolean): string {
  const share = shareable ? '@shareable ' : '';
  const refs = sdl.includes('Ref!') ? `\ntype Ref ${share}{ slug: ID! place: Place! } type Place ${share}{ number: Int! }` : '';
  return `${sdl}${refs}${SHARED}`;
}

/** Everything in one schema, as a client of the supergraph should see it. */
export function wholeSdl(shape: Shape): string {
  const linked = shape.entityInterface;
  const types = new Set(shape.subgraphs.flatMap((subgraph) => [...reached(shape, subgraph)]));
  const isReached = ({ name }: { readonly name: string }): boolean => types.has(name);
  const texts = [
    `type Query { ${shape.queries.map(signature).join(' ')} }`, `type Mutation { ${shape.mutations.map(signature).join(' ')} }`,
    ...shape.entities.map((entity) => {
      const isLinked = linked?.members.includes(entity.name) === true;
      const all = [...entity.interfaces, ...(isLinked ? ['Linked'] : [])];
      const fields = [
        ...keyFieldsOf(entity.keys).map((key) => `${key}: ${KEY_FIELDS[key]}`), ...(entity.interfaces.length > 0 ? ['label: String!'] : []),
        ...entity.fields.map(signature), ...(isLinked ? linked.fields.map(signature) : []),
      ];
      return `type ${entity.name}${all.length === 0 ? '' : ` implements ${all.join(' & ')}`} { ${fields.join(' ')} }`;
    }),
    ...shape.values.filter(isReached).map(({ name, fields }) => `type ${name} { ${fields.map(signature).join(' ')} }`),
    ...shape.interfaces.filter(isReached).map(({ name, fields }) => `interface ${name} { label: String! ${fields.map(signature).join(' ')} }`),
    ...shape.unions.filter(isReached).map(({ name, members }) => `union ${name} = ${members.join(' | ')}`),
    ...(linked === null ? [] : [`interface Linked { id: ID! ${linked.fields.map(signature).join(' ')} }`]),
    `type Outcome { order: Int! thing: ${freeOf(shape)} box: Box }`,
  ];
  return withShared(texts.join('\n'), false);
}
