/** Composition: deterministic, and clear about whose schema is at fault. */
import { expect, test } from 'vitest';
import { composed } from '../../scripts/gen/compose.ts';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@tag"])\n';
const one = { name: 'one', sdl: `${link}type Query { "A thing." thing(id: ID!): Thing } type Thing @key(fields: "id") { id: ID! }` };
const two = { name: 'two', sdl: `${link}type Thing @key(fields: "id") { id: ID! size: Int! }` };

test('clients see the joined types with their descriptions and nothing of federation', () => {
  const { api, supergraph } = composed([one, two]);
  expect(api).toContain('"""A thing."""');
  expect(api).toContain('size: Int!');
  expect(api).not.toMatch(/join__|_entities|_service|@key/);
  expect(supergraph).toContain('http://two.pms.svc:4001/graphql');
});

test('the same subgraphs always compose to the same text', () => {
  expect(composed([one, two])).toEqual(composed([one, two]));
});

test('a schema that does not parse is named', () => {
  expect(() => composed([one, { name: 'two', sdl: 'type Thing {' }])).toThrow(/two\n.*Syntax Error/s);
});

test('a schema that does not fit the others is named with its code', () => {
  expect(() => composed([one, { name: 'two', sdl: `${link}type Thing @key(fields: "nothing") { id: ID! }` }])).toThrow(/two\n.*KEY_INVALID_FIELDS/s);
});
