/**
 * The shape of the public benchmark of federation gateways, with schemas and data of our own: accounts, inventory, products and reviews, which
 * lead from one to the other and back. Everything is in memory, so that what is measured is the gateway before them.
 */
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

const federation = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires", "@provides", "@shareable"])';

const accounts = `${federation}
type Query { me: User users: [User] user(id: ID!): User }
type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }`;

const inventory = `${federation}
type Product @key(fields: "upc") {
  upc: String!
  weight: Int @external
  price: Int @external
  inStock: Boolean
  shippingEstimate: Int @requires(fields: "price weight")
}`;

const products = `${federation}
type Query { topProducts(first: Int = 5): [Product] product(upc: String!): Product }
type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`;

const reviews = `${federation}
type Review @key(fields: "id") { id: ID! body: String product: Product author: User @provides(fields: "username") }
type User @key(fields: "id") { id: ID! username: String @external reviews: [Review] }
type Product @key(fields: "upc") { upc: String! reviews: [Review] }
type Query { review(id: ID!): Review }`;

export const sdls: Readonly<Record<string, string>> = { accounts, inventory, products, reviews };

/** The supergraph of these with each subgraph at `<base>/<name>`; `more` are further subgraphs, by name. Throws when they do not compose. */
export function supergraphAt(base: string, more: Readonly<Record<string, string>> = {}): string {
  const services = Object.entries({ ...sdls, ...more }).map(([name, sdl]) => ({ name, url: `${base}/${name}`, typeDefs: parse(sdl) }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(`the subgraphs do not compose: ${errors?.join('; ') ?? ''}`);
  return supergraphSdl;
}

/** Users, what they reviewed, who else reviewed that, and what those reviewed: entities meet again and again. */
export const fixedQuery = `query Everything {
  users { ...Person reviews { ...Opinion product { ...Article reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Article } } } } } } }
  topProducts { ...Article reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Article } } } } }
}
fragment Person on User { id username name }
fragment Opinion on Review { id body }
fragment Article on Product { inStock name price shippingEstimate upc weight }`;
