/** What a client calls a thing must not meet what planners ask for under the same name: every value stays the one that was asked for. */
import { describe, expect, test } from 'vitest';
import { ask, engineOf, federate, type Part } from './federation.ts';

const byId = (fields: (id: string) => object = () => ({})) => ({ __resolveReference: (reference: { id: string }) => ({ ...reference, ...fields(reference.id) }) });
const price = ({ id }: { id: string }, { unit }: { unit: string }): string => `${id} in ${unit}`;

const parts: readonly Part[] = [
  {
    name: 'shop', sdl: `type Query { item: Item things: [Thing!] } interface Thing { id: ID! name: String }
      type Item implements Thing @key(fields: "id") { id: ID! name: String price(unit: String = "USD"): String } type Note implements Thing { id: ID! name: String }`,
    resolvers: {
      Query: { item: () => ({ id: '1', name: 'pen' }), things: () => [{ __typename: 'Item', id: '1', name: 'pen' }, { __typename: 'Note', id: 'n', name: 'note' }] },
      Thing: { __resolveType: ({ __typename }: { __typename: string }) => __typename }, Item: { ...byId((id) => ({ name: `pen ${id}` })), price },
    },
  },
  {
    name: 'tax', sdl: 'type Item @key(fields: "id") { id: ID! price(unit: String = "USD"): String @external tax(rate: Int = 1): String @requires(fields: "price") }',
    resolvers: { Item: { ...byId(), tax: ({ price: net }: { price: string }, { rate }: { rate: number }) => `${rate} on ${net}` } },
  },
  {
    name: 'books', sdl: 'type Item @key(fields: "id") { id: ID! tax(rate: Int = 1): String @external booked: String @requires(fields: "tax") fails: String }',
    resolvers: {
      Item: {
        ...byId(), booked: ({ tax }: { tax: string }) => `booked ${tax}`,
        fails: () => {
          throw new Error('no');
        },
      },
    },
  },
];

describe.each(['native', 'apollo'] as const)('with the %s planner', (planner) => {
  const federation = federate(parts);
  const answer = async (query: string) => {
    const engine = await engineOf(federation, { planner });
    const reply = await ask(engine, query);
    engine.close();
    return reply;
  };

  test('a field that others require, asked for with other arguments under its own name', async () => {
    expect((await answer('{ item { price(unit: "EUR") tax(rate: 3) booked } }')).data).toEqual({ item: { price: '1 in EUR', tax: '3 on 1 in USD', booked: 'booked 1 on 1 in USD' } });
  });

  test('another field under the name of a key, and of a required field', async () => {
    expect((await answer('{ item { id: name price: id tax } }')).data).toEqual({ item: { id: 'pen', price: '1', tax: '1 on 1 in USD' } });
  });

  test('another field under the name of the type’s name', async () => {
    expect((await answer('{ things { __typename: name ... on Item { tax } kind: __typename } }')).data)
      .toEqual({ things: [{ __typename: 'pen', tax: '1 on 1 in USD', kind: 'Item' }, { __typename: 'note', kind: 'Note' }] });
  });

  test('an error under such a name points at the client’s', async () => {
    expect((await answer('{ item { name id: fails } }')).errors?.map(({ path }) => path)).toEqual([['item', 'id']]);
  });
});
