/**
 * Four small federated subgraphs that hold trading desks: who, what, at which price. Everything is in memory, so that what is measured
 * is the gateway before them. The query below crosses all four and meets the same instruments and issuers again and again.
 */

const DESKS = 8;
const POSITIONS_PER_DESK = 12;
const INSTRUMENTS = 30;
const ISSUERS = 10;
const PEOPLE = 5;

const federation = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';

const desks = `${federation}
type Query { desks: [Desk!]! }
type Desk @key(fields: "id") { id: ID! name: String! head: Person! positions: [Position!]! }
type Position { id: ID! quantity: Int! instrument: Instrument! }
type Person @key(fields: "id") { id: ID! }
type Instrument @key(fields: "id") { id: ID! }`;

const people = `${federation}
type Query { person(id: ID!): Person }
type Person @key(fields: "id") { id: ID! name: String! email: String! }`;

const reference = `${federation}
type Query { instrument(id: ID!): Instrument }
type Instrument @key(fields: "id") { id: ID! symbol: String! name: String! issuer: Issuer! }
type Issuer @key(fields: "id") { id: ID! name: String! country: String! }`;

const prices = `${federation}
type Query { market: String! }
type Instrument @key(fields: "id") { id: ID! last: Float! change: Float! closes: [Close!]! }
type Close { date: String! close: Float! }
type Issuer @key(fields: "id") { id: ID! rating: String! }`;

export const sdls: Readonly<Record<string, string>> = { desks, people, reference, prices };

export const query = `query Desks {
  desks {
    id name head { name email }
    positions { id quantity instrument { symbol name last change closes { date close } issuer { name country rating } } }
  }
}`;

interface Reference {
  readonly id: string;
}
const numberOf = ({ id }: Reference): number => Number(id.slice(1));

const instrument = (id: string): object => ({ id, symbol: `SYM${id}`, name: `Instrument number ${id}`, issuer: { __typename: 'Issuer', ...issuer(`c${String(numberOf({ id }) % ISSUERS)}`) } });
const issuer = (id: string): object => ({ id, name: `Issuer ${id} Incorporated`, country: 'US' });
const closes = (at: number): object[] => Array.from({ length: 3 }, (_, day) => ({ date: `2026-11-${String(18 + day)}`, close: 100 + at + day / 4 }));

const desk = (at: number): object => ({
  id: `d${String(at)}`, name: `Desk ${String(at)}`, head: { __typename: 'Person', id: `p${String(at % PEOPLE)}` },
  positions: Array.from({ length: POSITIONS_PER_DESK }, (_, index) => ({
    id: `x${String(at)}-${String(index)}`, quantity: 100 * (index + 1), instrument: { __typename: 'Instrument', id: `i${String((at * 5 + index) % INSTRUMENTS)}` },
  })),
});

const references = (resolve: (reference: Reference) => object) => ({ __resolveReference: resolve });

/** By subgraph, as `buildSubgraphSchema` takes them. */
export const resolvers: Readonly<Record<string, object>> = {
  desks: { Query: { desks: () => Array.from({ length: DESKS }, (_, at) => desk(at)) } },
  people: { Person: references(({ id }) => ({ id, name: `Person ${id}`, email: `${id}@desk.example` })) },
  reference: { Instrument: references(({ id }) => instrument(id)), Issuer: references(({ id }) => issuer(id)) },
  prices: {
    Instrument: references(({ id }) => ({ id, last: 100 + numberOf({ id }), change: 0.25, closes: closes(numberOf({ id })) })),
    Issuer: references(({ id }) => ({ id, rating: 'AA' })),
  },
};
