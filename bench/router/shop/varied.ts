/** Operations that differ from each other in fields, depth, aliases, fragments and variables, the same ones for the same seed. */

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** How often it is asked, beside the others. */
  readonly weight: number;
}

const USERS = 6;
const PRODUCTS = 9;
/** Levels of objects below the root. */
const DEPTH_MAX = 5;
const ROOT_FIELDS_MAX = 3;
const scalars = {
  User: ['id', 'name', 'username', 'birthday'],
  Product: ['upc', 'name', 'price', 'weight', 'inStock', 'shippingEstimate'],
  Review: ['id', 'body'],
} as const;
type Named = keyof typeof scalars;
const objects: Readonly<Record<Named, Readonly<Record<string, Named>>>> = {
  User: { reviews: 'Review' },
  Product: { reviews: 'Review' },
  Review: { product: 'Product', author: 'User' },
};

/** mulberry32: a known sequence in [0, 1). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Weights fall as 1/n (Zipf): some operations make most of the traffic, as those of an application do. */
export function variedOperations(seed: number, count: number): Operation[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, at) => operation(`Varied${String(seed)}_${String(at)}`, 1 / (at + 1), random));
}

function operation(name: string, weight: number, random: () => number): Operation {
  const fragments: string[] = [];
  const declared = new Set<string>();
  const variables: Record<string, unknown> = {};
  const chance = (probability: number): boolean => random() < probability;
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const variable = (key: string, type: string, value: unknown): string => {
    declared.add(`$${key}: ${type}`);
    variables[key] = value;
    return `$${key}`;
  };

  const set = (type: Named, depth: number): string => {
    const chosen: string[] = scalars[type].filter(() => chance(0.5)).map((field) => (chance(0.1) ? `${field}Too: ${field}` : field));
    for (const [field, to] of Object.entries(objects[type])) if (depth < DEPTH_MAX && chance(0.75)) chosen.push(`${field} ${block(to, depth + 1)}`);
    return (chosen.length === 0 ? [scalars[type][0]] : chosen).join(' ');
  };
  const block = (type: Named, depth: number): string => {
    if (!chance(0.2)) return `{ ${set(type, depth)} }`;
    const position = fragments.push('') - 1;
    fragments[position] = `fragment F${String(position)} on ${type} { ${set(type, depth)} }`;
    return `{ ...F${String(position)} }`;
  };
  const roots: readonly (() => string)[] = [
    () => `users ${block('User', 1)}`,
    () => `me ${block('User', 1)}`,
    () => `user(id: ${variable('id', 'ID!', String(upTo(USERS)))}) ${block('User', 1)}`,
    () => `topProducts(first: ${variable('first', 'Int', upTo(PRODUCTS))}) ${block('Product', 1)}`,
    () => `product(upc: ${variable('upc', 'String!', String(upTo(PRODUCTS)))}) ${block('Product', 1)}`,
  ];
  const selected = Array.from({ length: upTo(ROOT_FIELDS_MAX) }, (_, at) => `r${String(at)}: ${(roots[Math.floor(random() * roots.length)] ?? roots[0])?.() ?? ''}`);
  const head = declared.size === 0 ? name : `${name}(${[...declared].join(', ')})`;
  return { query: [`query ${head} { ${selected.join(' ')} }`, ...fragments].join('\n'), variables, weight };
}

/** An order in which operations are asked: each as often as its weight says, shuffled, the same for the same seed. */
export function drawn(weights: readonly number[], length: number, seed: number): number[] {
  const random = randomFrom(seed);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length }, () => {
    let left = random() * total;
    const at = weights.findIndex((weight) => (left -= weight) < 0);
    return at === -1 ? weights.length - 1 : at;
  });
}
