import { expect, test } from 'vitest';
import { changed, closed, opened } from './portfolio.ts';

const growth = (over: Partial<Parameters<typeof opened>[0]> = {}) =>
  opened({
    id: 'prt_1', organizationId: 'org_1', name: 'Growth', baseCurrency: 'USD', lotMethod: 'FIFO', investorId: 'inv_1',
    benchmarkInstrumentId: null, createdAt: new Date('2026-01-02T00:00:00Z'), ...over,
  });

test('a new portfolio is open and has no targets', () => {
  expect(growth()).toMatchObject({ status: 'OPEN', targets: [] });
});

test.each(['DEM', 'XAU', 'XXX', 'ZZZ'])('%s is not a currency to keep a portfolio in', (baseCurrency) => {
  expect(() => growth({ baseCurrency })).toThrow(expect.objectContaining({ code: 'INVALID', path: ['baseCurrency'] }));
});

test('a blank name is refused and spaces around a name are dropped', () => {
  expect(() => growth({ name: '  ' })).toThrow(expect.objectContaining({ path: ['name'] }));
  expect(growth({ name: ' Growth ' }).name).toBe('Growth');
});

test('a change leaves what it does not name, and null clears', () => {
  expect(changed(growth(), { lotMethod: 'HIFO' })).toMatchObject({ name: 'Growth', lotMethod: 'HIFO', investorId: 'inv_1' });
  expect(changed(growth(), { investorId: null }).investorId).toBeNull();
});

test('a closed portfolio takes no change and is not closed twice', () => {
  const done = closed(growth());
  expect(() => changed(done, { name: 'Other' })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  expect(() => closed(done)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
});
