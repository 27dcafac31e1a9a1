/** A random world that runs: its subgraphs, composed, and the same data in one schema of graphql-js. */
import { buildSchema, type GraphQLFieldResolver, type GraphQLSchema, isAbstractType, isObjectType, Kind, type ObjectTypeDefinitionNode, parse } from 'graphql';
import { type Federation, federate, type Part } from '../federation.ts';
import { type Thing, through, type WorldData, worldData } from './data.ts';
import { externalIn, named, subgraphSdl, wholeSdl } from './sdl.ts';
import { shapeOf } from './draw.ts';
import type { Field, Shape } from './shape.ts';

export interface World {
  readonly shape: Shape;
  readonly federation: Federation;
  readonly whole: GraphQLSchema;
  /** Whether some resolvers fail. */
  faults(wanted: boolean): void;
  /** Mutations count from one again. */
  restart(): void;
}

interface State { faults: boolean; order: number }
type Resolve = GraphQLFieldResolver<Thing, unknown>;

export function worldOf(seed: number): World {
  const shape = shapeOf(seed);
  const state: State = { faults: false, order: 0 };
  const whole = buildSchema(wholeSdl(shape));
  const data = worldData(shape, whole);
  attach(whole, shape, data, state);
  const parts = shape.subgraphs.map((name): Part => {
    const sdl = subgraphSdl(shape, name);
    return { name, sdl, resolvers: resolversFor(sdl, name, shape, data, state) };
  });
  return {
    shape, whole, federation: federate(parts),
    faults(wanted) {
      state.faults = wanted;
    },
    restart() {
      state.order = 0;
    },
  };
}

const byTypename = (value: unknown): string => (value as Thing).__typename;

/** In one schema the fields of the interface object are fields of each member. */
const fieldOf = ({ entities, values, queries, mutations, entityInterface }: Shape, type: string, name: string): Field | undefined => {
  if (type === 'Query') return queries.find((field) => field.name === name);
  if (type === 'Mutation') return mutations.find((field) => field.name === name);
  return [...entities, ...values].find((one) => one.name === type)?.fields.find((field) => field.name === name) ?? entityInterface?.fields.find((field) => field.name === name);
};

function attach(whole: GraphQLSchema, shape: Shape, data: WorldData, state: State): void {
  for (const type of Object.values(whole.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = byTypename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const definition of Object.values(type.getFields())) definition.resolve = resolverOf(type.name, definition.name, { shape, data, state, requirement: (field, self) => data.required(field.requires ?? '', self) });
  }
}

type Requirement = (field: Field, self: Thing) => unknown;

interface Making { readonly shape: Shape; readonly data: WorldData; readonly state: State; readonly requirement: Requirement }

function resolverOf(type: string, name: string, { shape, data, state, requirement }: Making): Resolve {
  const field = fieldOf(shape, type, name);
  if (field === undefined) return special(type, name, data, shape);
  const linked = shape.entityInterface?.fields.includes(field) === true ? shape.entityInterface.name : type;
  return (parent, args: object) => {
    const self = type === 'Query' || type === 'Mutation' ? { __typename: type, n: 0 } : parent;
    if (state.faults && data.fails(linked, field, self)) throw new Error(`planned fault of ${linked}.${name} at ${self.n}`);
    if (field.requires !== undefined) return `${JSON.stringify(requirement(field, self))} ${JSON.stringify(args)}`;
    const value = data.value(linked, field, self, args);
    return type === 'Mutation' ? { ...(value as Thing), order: (state.order += 1) } : value;
  };
}

/** Fields that each kind of object has by itself. */
function special(type: string, name: string, data: WorldData, shape: Shape): Resolve {
  switch (`${type}.${name}`) {
    case 'Ref.slug': return ({ n }) => String(n);
    case 'Ref.place': return ({ n }) => ({ __typename: 'Place', n });
    case 'Place.number': return ({ n }) => n;
    case 'Outcome.order': return ({ order }) => order;
    case 'Outcome.thing':
    case 'Outcome.box': {
      const field: Field = { name, type: name === 'box' ? 'Box' : shape.entities.at(-1)?.name ?? '', args: '', owners: [] };
      return (self) => data.value(type, field, self, {});
    }
    default: return name === 'label' ? (self) => `${self.__typename} ${self.n}` : (self) => data.key(name, self);
  }
}

/** A field with `@provides` loads what it brings along: fields of its subgraph that require it find it there. */
function bringing(brought: string | undefined, type: string | undefined, shape: Shape, data: WorldData, resolve: Resolve): Resolve {
  const field = brought === undefined || type === undefined ? undefined : fieldOf(shape, named(type), brought);
  if (field === undefined) return resolve;
  return (...given) => through(resolve(...given), (one) => ({ ...one as Thing, given: { [field.name]: data.value((one as Thing).__typename, field, one as Thing, {}) } }));
}

const refuse = (why: string): Resolve => () => {
  throw new Error(why);
};

function resolversFor(sdl: string, subgraph: string, shape: Shape, data: WorldData, state: State): Record<string, unknown> {
  const making: Making = { shape, data, state, requirement: (field, self) => data.given(field.requires ?? '', self) };
  const isReference = (type: string): boolean => type === shape.entityInterface?.name || shape.entities.some(({ name }) => name === type);
  return Object.fromEntries(parse(sdl).definitions.flatMap((definition) => {
    if (!('name' in definition) || definition.name === undefined) return [];
    const { value: type } = definition.name;
    const reference = isReference(type) ? { __resolveReference: (given: Record<string, unknown>) => data.thing(type, given) } : {};
    switch (definition.kind) {
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.UNION_TYPE_DEFINITION: return [[type, { __resolveType: byTypename, ...reference }]];
      case Kind.OBJECT_TYPE_DEFINITION: return [[type, { ...fieldsIn(definition, subgraph, making), ...reference }]];
      default: return [];
    }
  }));
}

function fieldsIn({ name: { value: type }, fields = [] }: ObjectTypeDefinitionNode, subgraph: string, making: Making): Record<string, Resolve> {
  const { shape, data } = making;
  const entity = shape.entities.find(({ name }) => name === type);
  const external = entity === undefined ? new Map<string, string>() : externalIn(shape, entity, subgraph);
  return Object.fromEntries(fields.map(({ name: { value: name } }) => {
    const known = fieldOf(shape, type, name);
    if (external.get(name) === 'required') return [name, refuse(`${type}.${name} is external in ${subgraph}`)];
    if (known?.movedFrom === subgraph) return [name, refuse(`${type}.${name} has moved away from ${subgraph}`)];
    return [name, bringing(known?.provides?.[subgraph], known?.type, shape, data, resolverOf(type, name, making))];
  }));
}
