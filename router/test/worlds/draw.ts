/** Draws the types of a random world: entities with their keys and homes, interfaces, unions, and who is a member of which. */
import { type Dice, dice } from './dice.ts';
import { assignFields } from './fields.ts';
import { commonSubgraphs, type Entity, type Field, KEYS, type Shape } from './shape.ts';

const SUBGRAPHS = ['alpha', 'beta', 'gamma', 'delta'];
const OBJECTS = 'objects';
const COLORS = ['RED', 'GREEN', 'BLUE'];
const SIZES = ['S', 'M', 'L', 'XL'];

export function shapeOf(seed: number): Shape {
  const chance = dice(seed);
  const subgraphs = SUBGRAPHS.slice(0, 2 + chance.below(3));
  const enums = [{ name: 'Color', values: COLORS }, { name: 'Size', values: SIZES }];
  const names = ['Ant', 'Bee', 'Cat', 'Dog', 'Elk'].slice(0, 3 + chance.below(3));
  const linked = chance.chance(0.5) && names.length > 3 ? names.slice(0, 2) : null;
  const entities = names.map((name): Entity => entity(name, subgraphs, linked?.includes(name) ?? false, chance));
  const interfaces = ['Creature', 'Pet'].slice(0, chance.below(3)).map((name) => ({ name, members: members(names, chance), fields: [] as Field[] }))
    .filter(({ members: all }) => commonSubgraphs(entities.filter(({ name }) => all.includes(name))).length > 0);
  for (const one of interfaces) for (const { name, interfaces: mine } of entities) if (one.members.includes(name)) mine.push(one.name);
  const unions = chance.chance(0.7) ? [{ name: 'Anything', members: [...members(names, chance), ...(chance.chance(0.5) ? ['Spot'] : [])] }] : [];
  const entityInterface = linked === null ? null : { name: 'Linked', home: subgraphs[0] as string, objectIn: OBJECTS, members: linked, fields: [] as Field[] };
  const shape = { seed, subgraphs: entityInterface === null ? subgraphs : [...subgraphs, OBJECTS], entities, values: [], interfaces, unions, enums, entityInterface, queries: [], mutations: [] };
  return assignFields(shape, chance);
}

const members = (names: readonly string[], chance: Dice): string[] => {
  const chosen = chance.some(names, 0.5);
  return chosen.length < 2 ? names.slice(-2) : chosen;
};

function entity(name: string, subgraphs: readonly string[], linked: boolean, chance: Dice): Entity {
  const keys = [...new Set<string>([...(linked || chance.chance(0.7) ? ['id'] : []), ...chance.some(KEYS, 0.35)])];
  if (keys.length === 0) keys.push(chance.one(KEYS));
  // Members of the interface with a key live where it does, all of them.
  const home = linked ? subgraphs[0] as string : chance.one(subgraphs);
  const also = chance.some(subgraphs.filter((one) => one !== home), 0.6);
  const keysIn = Object.fromEntries([home, ...also].map((one) => {
    const known = one === home ? keys : chance.some(keys, 0.5);
    // Composition finds the way to an interface object only by its own key.
    if (linked) return [one, [...new Set(['id', ...known])]];
    return [one, known.length === 0 ? [chance.one(keys)] : known];
  }));
  return { name, home, keys, keysIn, interfaces: [], linked, fields: [] };
}
