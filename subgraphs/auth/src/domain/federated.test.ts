/** What claims of an organisation's own provider come to. */
import { expect, test } from 'vitest';
import { type ClaimMapping, federatedPerson } from './federated.ts';

const mapping: ClaimMapping = { organizationId: 'org_1', roles: { claim: 'groups', values: { traders: ['TRADER'], heads: ['PORTFOLIO_MANAGER', 'RISK'] }, otherwise: [] } };
const claims = { sub: '42', email: 'Ada@Bank.example', email_verified: true, name: 'Ada', groups: ['heads', 'traders', 'chess club'] };
const person = (over: object = {}, by: ClaimMapping = mapping) => federatedPerson('https://idp.example', { ...claims, ...over }, by);
const refused = (message: string) => expect.objectContaining({ code: 'NOT_PERMITTED', message: expect.stringContaining(message) as string });

test('groups become roles, each once and in our order, and what is not mapped gives nothing', () => {
  expect(person()).toEqual({
    issuer: 'https://idp.example', subject: '42', organizationId: 'org_1', email: 'ada@bank.example', emailVerified: true, displayName: 'Ada', roles: ['PORTFOLIO_MANAGER', 'TRADER', 'RISK'],
  });
  expect(person({ groups: 'traders' }).roles).toEqual(['TRADER']);
});

test('who has no group of ours is not let in, unless there is a role for everybody else', () => {
  for (const groups of [undefined, [], ['chess club'], ['__proto__', 'constructor'], [7]]) expect(() => person({ groups })).toThrow(refused('a role'));
  expect(person({ groups: [] }, { ...mapping, roles: { ...mapping.roles, otherwise: ['INVESTOR'] } }).roles).toEqual(['INVESTOR']);
});

test('a claim says which organisation, and who is in none or in two is not let in', () => {
  const several: ClaimMapping = { roles: mapping.roles, organizations: { claim: 'company.id', values: { north: 'org_north', south: 'org_south' } } };
  expect(person({ company: { id: 'north' } }, several).organizationId).toBe('org_north');
  expect(person({ 'company.id': 'south' }, several).organizationId).toBe('org_south');
  for (const id of [undefined, 'west', ['north', 'south']]) expect(() => person({ company: { id } }, several)).toThrow(refused('organisation'));
});

test('an address counts as verified where the provider says just that', () => {
  expect([true, 'true', 1, undefined].map((said) => person({ email_verified: said }).emailVerified)).toEqual([true, false, false, false]);
  expect(() => person({ email: undefined })).toThrow(refused('e-mail'));
  expect(() => person({ sub: undefined })).toThrow(refused('who this is'));
});
