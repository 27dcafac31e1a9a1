/** What a person finds in GraphiQL at the first visit. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { graphiqlTabs, inBrowsers } from '@pms/processes/browsers';

const schema = buildSchema(readFileSync(path.resolve(import.meta.dirname, '../../schema/api.graphql'), 'utf8'));

test.each(graphiqlTabs)('what a tab opens with is an operation of this API: $query', ({ query, ...rest }) => {
  expect(validate(schema, parse(query))).toEqual([]);
  if ('variables' in rest) expect(() => JSON.parse(rest.variables)).not.toThrow();
});

test('the session is looked for in the cookie of the issuer', async () => {
  const token = (issuer: string) => inBrowsers(issuer).sessionToken?.('__Host-pms_session=over-tls; pms_session=plain');
  expect([await token('https://pms.example'), await token('http://127.0.0.1:4000')]).toEqual(['over-tls', 'plain']);
});
