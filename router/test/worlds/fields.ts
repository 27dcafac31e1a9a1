/** Gives the types of a random world their fields, arguments, and the directives of federation. */
import type { Dice } from './dice.ts';
import { commonSubgraphs, type Entity, type Field, type Interface, type Shape, type Value } from './shape.ts';

const WRAPS = ['#', '#', '#!', '#!', '[#]', '[#!]', '[#!]!', '[#]!', '[[#]]', '[[#!]!]!'];
const LEAVES = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Color', 'Size', 'Blob'];
const ARGUMENTS = [
  'a: Int', 'a: Int!', 'a: Int = 3', 'b: Float', 'b: Float! = 1', 'c: String', 'c: String = "x\\"y"', 'd: Boolean', 'e: Color', 'e: Color! = GREEN', 'f: [Int!]', 'f: [[Int]!] = [[1], [null]]',
  'g: Range', 'g: Range! = { low: 1 }', 'h: [Range!]', 'i: ID', 'i: ID = 7', 'j: Blob', 'k: [Color!]! = [RED]',
];

const wrapped = (name: string, chance: Dice): string => chance.one(WRAPS).replace('#', name);

function argumentsOf(chance: Dice): string {
  if (chance.chance(0.65)) return '';
  const byName = new Map(chance.some(ARGUMENTS, 0.12).map((text) => [text.slice(0, 1), text]));
  return [...byName.values()].join(', ');
}

export function assignFields(empty: Shape, chance: Dice): Shape {
  const shape = { ...empty, values: valuesOf(empty, chance) };
  for (const one of shape.interfaces) interfaceFields(one, shape, chance);
  for (const entity of shape.entities) {
    ownFields(entity, shape, chance);
    requiring(entity, shape, chance);
  }
  for (const entity of shape.entities) providing(entity, shape, chance);
  objectFields(shape, chance);
  return { ...shape, queries: queriesOf(shape, chance), mutations: mutationsOf(shape, chance) };
}

const everywhere = ({ subgraphs }: Shape): readonly string[] => subgraphs;

function valuesOf(shape: Shape, chance: Dice): Value[] {
  const owners = everywhere(shape);
  const leaf = (name: string): Field => ({ name, type: wrapped(chance.one(LEAVES), chance), args: argumentsOf(chance), owners });
  // Only types that any subgraph may know: the last entity is never a member of the interface with a key.
  const free = shape.entities.at(-1)?.name ?? '';
  return [
    { name: 'Spot', fields: [leaf('x'), leaf('y'), { name: 'box', type: wrapped('Box', chance), args: '', owners }] },
    { name: 'Box', fields: [leaf('width'), { name: 'inside', type: wrapped(free, chance), args: argumentsOf(chance), owners }] },
  ];
}

/** What a subgraph may speak of. Where members of the interface with a key are not known, nothing may lead to them. */
function typesFor(subgraph: string, shape: Shape): readonly string[] {
  const free = shape.entities.at(-1)?.name ?? '';
  if (subgraph === shape.entityInterface?.objectIn) return ['Linked', free];
  const linked = subgraph === shape.entityInterface?.home ? ['Linked'] : [];
  return [...shape.entities.map(({ name }) => name), 'Spot', 'Box', ...shape.interfaces.map(({ name }) => name), ...shape.unions.map(({ name }) => name), ...linked];
}

const typeIn = (subgraph: string, shape: Shape, chance: Dice): string =>
  wrapped(chance.chance(0.55) ? chance.one(LEAVES) : chance.one(typesFor(subgraph, shape)), chance);

/** Both must be able to say it: what only one subgraph may speak of is not shared. */
const shareableType = (shape: Shape, chance: Dice): string => wrapped(chance.one([...LEAVES, 'Spot', shape.entities.at(-1)?.name ?? '']), chance);

function interfaceFields(one: Interface, shape: Shape, chance: Dice): void {
  const entities = shape.entities.filter(({ name }) => one.members.includes(name));
  const common = commonSubgraphs(entities);
  for (let number = 0; number < 2; number += 1) {
    const owner = chance.one(common);
    const field: Field = { name: `${one.name.toLowerCase()}${number}`, type: typeIn(owner, shape, chance), args: argumentsOf(chance), owners: [owner] };
    (one.fields as Field[]).push(field);
    for (const { fields } of entities) fields.push(field);
  }
}

function ownFields(entity: Entity, shape: Shape, chance: Dice): void {
  const known = Object.keys(entity.keysIn);
  for (const [number, owner] of known.flatMap((one) => [one, one]).entries()) {
    const other = chance.one(known);
    const name = `${entity.name.toLowerCase()}${number}`;
    const deprecated = chance.chance(0.1) ? { deprecated: `not ${name}` } : {};
    const args = argumentsOf(chance);
    const fate = other === owner ? 3 : chance.below(4);
    if (fate === 0) entity.fields.push({ name, type: shareableType(shape, chance), args, owners: [owner, other], ...deprecated });
    else if (fate === 1) entity.fields.push({ name, type: shareableType(shape, chance), args, owners: [owner], movedFrom: other, ...deprecated });
    else entity.fields.push({ name, type: typeIn(owner, shape, chance), args, owners: [owner], ...deprecated });
  }
}

const named = (type: string): string => type.replaceAll(/[[\]!]/g, '');
const needsArgument = ({ args }: Field): boolean => /: [^=,]*!(?:,|$)/.test(args);

/** A field that another can stand on, as it is asked for. */
function requirable(field: Field, shape: Shape, chance: Dice): string | null {
  // Chains of requirements are rare: planners refuse some of them.
  if (field.requires !== undefined && !chance.chance(0.3)) return null;
  if (field.owners.length !== 1 || field.movedFrom !== undefined || needsArgument(field)) return null;
  const argument = field.args.startsWith('a: Int') && chance.chance(0.5) ? '(a: 2)' : '';
  const type = named(field.type);
  if (LEAVES.includes(type)) return field.name + argument;
  const value = shape.values.find(({ name }) => name === type);
  const inner = value?.fields.filter((one) => LEAVES.includes(named(one.type)) && !needsArgument(one)).map(({ name }) => name) ?? [];
  return inner.length === 0 ? null : `${field.name}${argument} { ${chance.one(inner)} }`;
}

/** May stand on a field that stands on others itself. */
function requiring(entity: Entity, shape: Shape, chance: Dice): void {
  for (let number = 0; number < 2; number += 1) {
    const owner = chance.one(Object.keys(entity.keysIn));
    const selections = entity.fields.filter(({ owners }) => !owners.includes(owner)).flatMap((field) => (chance.chance(0.5) ? requirable(field, shape, chance) ?? [] : []));
    if (selections.length === 0) continue;
    entity.fields.push({ name: `${entity.name.toLowerCase()}Sum${number}`, type: 'String', args: argumentsOf(chance), owners: [owner], requires: selections.slice(0, 3).join(' ') });
  }
}

/** A field that leads to an entity may bring a field of it along, which its owner must share. */
function providing(entity: Entity, shape: Shape, chance: Dice): void {
  entity.fields.forEach((field, index) => {
    const target = shape.entities.find(({ name }) => name === named(field.type));
    const [owner] = field.owners;
    if (target === undefined || owner === undefined || field.owners.length > 1 || field.movedFrom !== undefined || entity.interfaces.length > 0 || !chance.chance(0.6)) return;
    const brought = target.fields.find((one) =>
      one.owners.length === 1 && !one.owners.includes(owner) && one.movedFrom === undefined && one.requires === undefined && LEAVES.includes(named(one.type)) && one.args === '');
    if (brought === undefined) return;
    entity.fields[index] = { ...field, provides: { [owner]: brought.name } };
  });
}

function objectFields({ entityInterface, entities }: Shape, chance: Dice): void {
  if (entityInterface === null) return;
  const owners = [entityInterface.objectIn];
  const free = entities.at(-1)?.name ?? '';
  (entityInterface.fields as Field[]).push(
    { name: 'linkedRank', type: wrapped(chance.one(LEAVES), chance), args: argumentsOf(chance), owners },
    { name: 'linkedTo', type: wrapped(free, chance), args: '', owners },
  );
}

function queriesOf(shape: Shape, chance: Dice): Field[] {
  return shape.subgraphs.flatMap((subgraph) => [0, 1, 2].map((number): Field => {
    const types = typesFor(subgraph, shape);
    const shared = number === 2 && chance.chance(0.4) && subgraph !== shape.entityInterface?.objectIn;
    const owners = shared ? [...new Set([subgraph, shape.subgraphs[0] as string])] : [subgraph];
    const type = shared ? shareableType(shape, chance) : wrapped(chance.one(types), chance);
    return { name: `${subgraph}${number}`, type, args: argumentsOf(chance), owners };
  }));
}

/** Each says in which place it was run. */
const mutationsOf = (shape: Shape, chance: Dice): Field[] =>
  shape.subgraphs.filter((subgraph) => subgraph !== shape.entityInterface?.objectIn).map((subgraph) => ({ name: `do_${subgraph}`, type: 'Outcome!', args: argumentsOf(chance), owners: [subgraph] }));
