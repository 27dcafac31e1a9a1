/** A small world in four subgraphs and, over the same data, in one schema: what the differential test compares. */
import { buildSchema, type GraphQLFieldResolver, type GraphQLSchema, isAbstractType, isObjectType } from 'graphql';
import type { Part } from './federation.ts';

interface Thing { readonly __typename: string; readonly id: string }
const thing = (__typename: string, id: string | number): Thing => ({ __typename, id: String(id) });
const numberOf = ({ id }: { readonly id: string }): number => Number(id);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const user = (n: number): Thing => thing('User', n % 7);
const item = (n: number): Thing => thing(n % 2 === 0 ? 'Book' : 'Movie', n % 11);

/** Fields whose resolvers fail for some ids, where the test wants faults. */
let faults = true;
export const withFaults = (wanted: boolean): void => {
  faults = wanted;
};

const refused = (self: { readonly id: string }, every: number): void => {
  if (faults && numberOf(self) % every === every - 1) throw new Error(`planned fault at ${self.id}`);
};

type Self = { readonly id: string; readonly __typename?: string } & Record<string, unknown>;
type Resolvers = Record<string, Record<string, (self: Self, args: Record<string, never>) => unknown>>;

const itemFields = (kind: string): Resolvers[string] => ({
  title: (self) => `${kind} ${self.id}`,
  price: (self, { currency }) => numberOf(self) * 10 + (currency === 'EUR' ? 1 : 0),
  weight: (self) => (numberOf(self) % 4 === 3 ? null : numberOf(self) + 0.5),
  seller: (self) => (numberOf(self) % 5 === 4 ? null : user(numberOf(self) + 1)),
  related: (self, { first }) => range(Math.min(first ?? 2, 3)).map((n) => item(numberOf(self) + n + 1)),
  dimensions: (self) => ({ width: numberOf(self), unit: kind === 'Book' ? 'CM' : 'INCH' }),
});
const itemReviews: Resolvers[string] = {
  reviews: (self, { first }) => range(Math.min(first ?? 2, 3)).map((n) => thing('Review', numberOf(self) * 3 + n)),
  rating: (self) => (numberOf(self) % 3 === 2 ? null : numberOf(self) / 2),
};
const itemShipping: Resolvers[string] = {
  shipping: (self, { fast }) => shippingOf(self, fast === true),
};
const priceOf = (self: Self): number => (self['price'] as number | undefined) ?? numberOf(self) * 10;
const weightOf = (self: Self): number | null => (self['weight'] === undefined ? itemFields('')?.['weight']?.(self, {}) : self['weight']) as number | null;
const shippingOf = (self: Self, fast: boolean): number | null => {
  const weight = weightOf(self);
  return weight === null ? null : priceOf(self) + weight + (fast ? 100 : 0);
};

const all: Resolvers = {
  User: {
    name: (self) => `user ${self.id}`,
    role: (self) => ['READER', 'WRITER', 'EDITOR'][numberOf(self) % 3],
    manager: (self) => (self.id === '0' ? null : user(numberOf(self) - 1)),
    friends: (self, { first }) => range(Math.min(first ?? 2, 3)).map((n) => user(numberOf(self) + n + 2)),
    fragile: (self) => {
      refused(self, 4);
      return `kept ${self.id}`;
    },
    wrote: (self) => range(2).map((n) => thing('Review', numberOf(self) + n * 5)),
    karma: (self) => {
      refused(self, 6);
      return numberOf(self) * 100;
    },
    bought: (self) => range(2).map((n) => item(numberOf(self) * 2 + n)),
  },
  Book: { ...itemFields('Book'), ...itemReviews, ...itemShipping, pages: (self) => numberOf(self) * 100, author: (self) => user(numberOf(self)) },
  Movie: { ...itemFields('Movie'), ...itemReviews, ...itemShipping, minutes: (self) => 90 + numberOf(self), director: (self) => user(numberOf(self) + 3) },
  Review: {
    stars: (self) => (numberOf(self) % 5) + 1,
    body: (self) => (numberOf(self) % 4 === 1 ? null : `review ${self.id}`),
    author: (self) => user(numberOf(self)),
    about: (self) => item(numberOf(self)),
    votes: (self) => numberOf(self),
  },
  Query: {
    me: () => user(1),
    users: () => range(4).map(user),
    user: (_, { id }) => (Number(id) < 7 ? user(Number(id)) : null),
    items: (_, { first }) => range(Math.min(first ?? 4, 6)).map(item),
    item: (_, { id }) => item(Number(id) || 0),
    search: () => [item(2), user(3), item(5), thing('Review', 4)],
    latestReviews: () => range(3).map((n) => thing('Review', n + 2)),
    node: (_, { id }) => (Number(id) % 3 === 0 ? null : item(Number(id) || 1)),
  },
};

const references = (name: string): Record<string, unknown> => ({ __resolveReference: (reference: Self) => ({ ...thing(name, reference.id), ...reference }) });
const pick = (type: string, ...fields: string[]): Record<string, unknown> => Object.fromEntries(fields.map((field) => [field, all[type]?.[field]]));
const typed = { __resolveType: (value: Thing) => value.__typename };
const entity = (type: string, ...fields: string[]): Record<string, unknown> => ({ ...references(type), ...pick(type, ...fields) });
const catalog = ['title', 'price', 'weight', 'seller', 'related', 'dimensions'];

export const parts: readonly Part[] = [
  {
    name: 'accounts',
    sdl: `type Query { me: User! users: [User!]! user(id: ID!): User }
      enum Role { READER WRITER EDITOR }
      type User @key(fields: "id") { id: ID! name: String! @shareable role: Role manager: User friends(first: Int = 2): [User!]! fragile: String! }`,
    resolvers: { Query: pick('Query', 'me', 'users', 'user'), User: entity('User', 'name', 'role', 'manager', 'friends', 'fragile') },
  },
  {
    name: 'catalog',
    sdl: `type Query { items(first: Int): [Item!]! item(id: ID!): Item search: [Found] node(id: ID!): Item }
      enum Unit { CM INCH } type Dimensions { width: Int! unit: Unit! }
      interface Item { id: ID! title: String! price(currency: String): Int weight: Float seller: User related(first: Int): [Item!]! dimensions: Dimensions! }
      union Found = Book | Movie | User | Review
      type Book implements Item @key(fields: "id") { id: ID! title: String! price(currency: String): Int weight: Float seller: User related(first: Int): [Item!]! dimensions: Dimensions! pages: Int author: User! }
      type Movie implements Item @key(fields: "id") { id: ID! title: String! price(currency: String): Int weight: Float seller: User related(first: Int): [Item!]! dimensions: Dimensions! minutes: Int director: User }
      type User @key(fields: "id") { id: ID! bought: [Item!] }
      type Review @key(fields: "id", resolvable: false) { id: ID! }`,
    resolvers: {
      Query: pick('Query', 'items', 'item', 'search', 'node'), Item: typed, Found: typed, User: entity('User', 'bought'),
      Book: entity('Book', ...catalog, 'pages', 'author'), Movie: entity('Movie', ...catalog, 'minutes', 'director'),
    },
  },
  {
    name: 'reviews',
    sdl: `type Query { latestReviews: [Review!]! }
      type Review @key(fields: "id") { id: ID! stars: Int! body: String author: User! @provides(fields: "name") about: Item votes: Int }
      interface Item { id: ID! reviews(first: Int): [Review!]! rating: Float }
      type Book implements Item @key(fields: "id") { id: ID! reviews(first: Int): [Review!]! rating: Float }
      type Movie implements Item @key(fields: "id") { id: ID! reviews(first: Int): [Review!]! rating: Float }
      type User @key(fields: "id") { id: ID! name: String! @external wrote: [Review!] karma: Int! }`,
    resolvers: {
      Query: pick('Query', 'latestReviews'), Item: typed, Review: entity('Review', 'stars', 'body', 'author', 'about', 'votes'),
      Book: entity('Book', 'reviews', 'rating'), Movie: entity('Movie', 'reviews', 'rating'), User: entity('User', 'name', 'wrote', 'karma'),
    },
  },
  {
    name: 'shipping',
    sdl: `interface Item { id: ID! shipping(fast: Boolean): Float }
      type Book implements Item @key(fields: "id") { id: ID! price(currency: String): Int @external weight: Float @external shipping(fast: Boolean): Float @requires(fields: "price(currency: \\"USD\\") weight") }
      type Movie implements Item @key(fields: "id") { id: ID! price(currency: String): Int @external weight: Float @external shipping(fast: Boolean): Float @requires(fields: "price(currency: \\"USD\\") weight") }`,
    resolvers: { Item: typed, Book: entity('Book', 'shipping'), Movie: entity('Movie', 'shipping') },
  },
];

/** The same answers from one schema, executed by graphql-js. */
export function monolith(): GraphQLSchema {
  const itemSdl = `id: ID! title: String! price(currency: String): Int weight: Float seller: User related(first: Int): [Item!]! dimensions: Dimensions!
    reviews(first: Int): [Review!]! rating: Float shipping(fast: Boolean): Float`;
  const schema = buildSchema(`
    type Query { me: User! users: [User!]! user(id: ID!): User items(first: Int): [Item!]! item(id: ID!): Item search: [Found] node(id: ID!): Item latestReviews: [Review!]! }
    enum Role { READER WRITER EDITOR } enum Unit { CM INCH } type Dimensions { width: Int! unit: Unit! }
    union Found = Book | Movie | User | Review
    interface Item { ${itemSdl} }
    type Book implements Item { ${itemSdl} pages: Int author: User! }
    type Movie implements Item { ${itemSdl} minutes: Int director: User }
    type User { id: ID! name: String! role: Role manager: User friends(first: Int = 2): [User!]! fragile: String! wrote: [Review!] karma: Int! bought: [Item!] }
    type Review { id: ID! stars: Int! body: String author: User! about: Item votes: Int }`);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value) => (value as Thing).__typename;
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = all[type.name]?.[field.name];
      if (resolve !== undefined) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
    }
  }
  return schema;
}
