import { principal } from '@pms/testing/front-door';
import { expect, test } from 'vitest';
import { type Access, tellAccess, userAgentOf } from './access.ts';
import { type Seen, seenFrom } from './seen.ts';

const seen = (over: Partial<Seen> = {}): Seen => ({
  ...seenFrom({ via: 'http', name: 'POST /graphql', started: 0, correlationId: 'cor_1', client: { name: 'desk', version: '2' }, address: '203.0.113.9', userAgent: 'Browser/1', planAsked: false, trace: null, traceId: null, headers: {} }),
  ran: true, principal: principal(), ...over,
});
const told = (given: Seen): Access[] => {
  const all: Access[] = [];
  tellAccess((access) => void all.push(access), given);
  return all;
};
const operation = (kind: 'query' | 'mutation') => ({ kind, name: 'Named', hash: 'ab' });

test('a mutation that ran is told with who sent it, and a query that was answered is not', () => {
  expect(told(seen({ operation: operation('mutation') }))).toMatchObject([{
    kind: 'MUTATION', correlationId: 'cor_1', organizationId: 'org_one', actor: 'usr_tester', operation: { name: 'Named' }, codes: [], client: { name: 'desk', version: '2', address: '203.0.113.9', userAgent: 'Browser/1', via: 'http' },
  }]);
  expect(told(seen({ operation: operation('query') }))).toEqual([]);
  expect(told(seen({ operation: operation('mutation'), ran: false }))).toEqual([]); // it was not valid, or over a limit
});

test.each(['UNAUTHENTICATED', 'FORBIDDEN'])('what is refused as %s is told, whether it ran or not', (code) => {
  expect(told(seen({ operation: operation('query'), codes: [code], ran: false }))).toMatchObject([{ kind: 'REFUSED', codes: [code] }]);
  expect(told(seen({ operation: operation('query'), codes: ['NOT_FOUND', code] }))).toMatchObject([{ kind: 'REFUSED' }]);
});

test('somebody who is not known has neither an organisation nor a name', () => {
  expect(told(seen({ principal: null, codes: ['UNAUTHENTICATED'] }))).toMatchObject([{ organizationId: null, actor: null }]);
});

test('what a program calls itself is cut where it is very long', () => {
  expect(userAgentOf({ 'user-agent': 'x'.repeat(5_000) })).toHaveLength(300);
  expect(userAgentOf({})).toBeNull();
});
