/** Published exchange rates through the front door. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rttmSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeAll(async () => { door = await frontDoor(rttmSubgraph, { now: () => new Date('2026-11-20T15:00:00Z') }); });
afterAll(() => door.close());

const IMPORT = 'mutation ($input: ImportFxRatesInput!) { importFxRates(input: $input) { recorded unchanged problems { row column reason } userErrors { code message path } } }';
const RATE = 'query ($base: Currency!, $quote: Currency!, $on: Date, $maxAgeDays: Int, $knownAt: DateTime) { fxRate(base: $base, quote: $quote, on: $on, maxAgeDays: $maxAgeDays, knownAt: $knownAt) { base quote rate date } }';
const as = (organizationId: string) => ({ as: principal({ organizationId }) });
const importing = async (input: Record<string, unknown>, organizationId = 'org_one') => (await door.ask(IMPORT, { input }, as(organizationId))).data.importFxRates;
const rate = async (base: string, quote: string, on: string, over: Record<string, unknown> = {}, organizationId = 'org_one') => {
  const { data, codes } = await door.ask(RATE, { base, quote, on, ...over }, as(organizationId));
  return data?.fxRate === undefined || data?.fxRate === null ? codes[0] : `${data.fxRate.rate} of ${data.fxRate.date}`;
};
const ECB = 'Date,USD,JPY,GBP,CYP,\n2024-04-02,1.0749,163.01,0.85525,N/A,\n2024-03-28,1.0811,163.45,0.8551,N/A,\n2024-03-27,1.0816,163.52,0.85715,N/A,\n';

test('the European Central Bank\'s layout is read, holes are left out, and what is new is told pair by pair, oldest first', async () => {
  expect(await importing({ csv: ECB, source: 'ECB' })).toEqual({ recorded: 9, unchanged: 0, problems: [], userErrors: [] });
  expect(await importing({ csv: ECB })).toMatchObject({ recorded: 0, unchanged: 9 });
  const told = (await door.told()).map(({ key, data }) => ({ key, ...(data as { base: string; quote: string; source: string; rates: { date: string }[] }) }));
  expect(told.map(({ key }) => key).toSorted()).toEqual(['org_one/EUR/GBP', 'org_one/EUR/JPY', 'org_one/EUR/USD']);
  expect(told.find(({ quote }) => quote === 'USD')).toMatchObject({ base: 'EUR', source: 'ECB', rates: [{ date: '2024-03-27', rate: '1.0816' }, { date: '2024-03-28' }, { date: '2024-04-02' }] });
});

test('FX of zero on a holiday: over Easter it is the rate of the last day before, shown with that day', async () => {
  expect(await rate('EUR', 'USD', '2024-03-28')).toBe('1.0811 of 2024-03-28');
  for (const on of ['2024-03-29', '2024-03-31', '2024-04-01']) expect(await rate('EUR', 'USD', on)).toBe('1.0811 of 2024-03-28');
  expect(await rate('EUR', 'USD', '2024-04-02')).toBe('1.0749 of 2024-04-02');
  const zero = await importing({ rows: [{ base: 'EUR', quote: 'USD', date: '2024-04-01', rate: '0' }] });
  expect(zero.problems).toEqual([{ row: 1, column: 'rate', reason: '0 is not above zero: leave out a day without a rate' }]);
});

test('a pair is inverted or crossed through euro at full precision', async () => {
  expect(await rate('USD', 'JPY', '2024-03-28')).toBe('151.188604199426510036 of 2024-03-28');
  expect(await rate('GBP', 'EUR', '2024-03-29')).toBe('1.169453865045023974 of 2024-03-28');
  expect(await rate('CHF', 'CHF', '2024-03-28')).toBe('1 of 2024-03-28');
});

test('a missing rate is an error that names currencies and day, never 1 and never 0', async () => {
  const { data, codes, messages } = await door.ask(RATE, { base: 'EUR', quote: 'CHF', on: '2024-03-28' });
  expect([data, codes, messages]).toEqual([null, ['MISSING_RATE'], ['there is no rate from EUR to CHF for 2024-03-28: none was published on or before that day']]);
  expect(await rate('EUR', 'USD', '2024-03-26')).toBe('MISSING_RATE');
  expect(await rate('EUR', 'CYP', '2024-03-28')).toBe('MISSING_RATE');
  expect(await rate('EUR', 'USD', '2024-03-28', {}, 'org_other')).toBe('MISSING_RATE');
});

test('a rate that is older than a week is not used, unless that is allowed', async () => {
  expect(await rate('EUR', 'USD', '2024-04-09')).toBe('1.0749 of 2024-04-02');
  expect(await rate('EUR', 'USD', '2024-04-10')).toBe('MISSING_RATE');
  expect(await rate('EUR', 'USD', '2024-04-10', { maxAgeDays: 8 })).toBe('1.0749 of 2024-04-02');
  expect(await rate('EUR', 'USD', '2024-04-01', { maxAgeDays: 0 })).toBe('MISSING_RATE');
  expect(await rate('EUR', 'USD', '2024-04-01', { maxAgeDays: -1 })).toBe('BAD_USER_INPUT');
});

test('a correction counts from when it was recorded: as known before, the rate is what it was', async () => {
  const row = (figure: string) => importing({ rows: [{ base: 'GBP', quote: 'CHF', date: '2024-03-28', rate: figure }] });
  await row('1.14');
  await delay(3);
  const knownAt = new Date().toISOString();
  await delay(3);
  expect(await row('1.15')).toMatchObject({ recorded: 1 });
  expect([await rate('GBP', 'CHF', '2024-03-28'), await rate('GBP', 'CHF', '2024-03-28', { knownAt })]).toEqual(['1.15 of 2024-03-28', '1.14 of 2024-03-28']);
  await expect(door.database.query('delete from rttm.fx_rate')).rejects.toThrow('append-only');
});

test('with one bad row nothing is imported, and every bad row is named', async () => {
  const csv = 'base,quote,date,rate\nAUD,USD,2026-11-18,0.65\nAUD,USD,2026-13-01,0.65\nAUD,GBX,2026-11-18,51\nAUD,AUD,2026-11-18,1\nAUD,USD,2026-11-18,0.66\nAUD,USD,2026-11-21,-\n';
  const { recorded, problems, userErrors } = await importing({ csv });
  expect(recorded).toBeNull();
  expect(problems).toEqual([
    { row: 2, column: 'date', reason: '"2026-13-01" is not a day such as 2026-11-20' },
    { row: 3, column: 'quote', reason: 'GBX is a unit that prices are quoted in: rates are between currencies, here GBP' },
    { row: 4, column: 'quote', reason: 'one AUD is one AUD: there is no rate to record' },
    { row: 5, column: 'date', reason: 'a rate of AUD/USD for that day is in row 1 already' },
    { row: 6, column: 'date', reason: '2026-11-21 is in the future' },
    { row: 6, column: 'rate', reason: '"-" is not a decimal of at most 20 whole and 18 fractional digits' },
  ]);
  expect(userErrors).toEqual([{ code: 'INVALID', message: 'nothing was imported: 5 bad rows, see `problems`', path: ['csv'] }]);
  expect(await rate('AUD', 'USD', '2026-11-18')).toBe('MISSING_RATE');
  expect((await importing({ csv: 'Day,USD\n2026-11-18,1' })).problems).toMatchObject([{ row: 0 }]);
  expect((await importing({ csv: 'Date,USD\n' })).userErrors).toMatchObject([{ code: 'INVALID', message: 'there are no rates' }]);
});

const published = join(import.meta.dirname, '../../../../shared/data/ecb-eur-reference-rates-daily.csv');
test.skipIf(!existsSync(published))('the European Central Bank\'s own history is imported, and read back as published', async () => {
  const csv = readFileSync(published, 'utf8');
  const { recorded, userErrors } = await importing({ csv, currencies: ['USD', 'CYP'], from: '2007-12-01' }, 'org_ecb');
  expect(userErrors).toEqual([]);
  const cells = csv.trim().split('\n').slice(1).map((line) => line.split(',')).filter(([date = '']) => date >= '2007-12-01').flatMap(([, usd, , , cyp]) => [usd, cyp]);
  expect(recorded).toBe(cells.filter((cell) => /^[\d.]+$/.test(cell ?? '')).length);
  expect(await rate('EUR', 'USD', '2015-01-01', {}, 'org_ecb')).toBe('1.2141 of 2014-12-31');
  expect(await rate('EUR', 'USD', '2015-01-02', {}, 'org_ecb')).toBe('1.2043 of 2015-01-02');
  expect(await rate('EUR', 'CYP', '2008-01-01', {}, 'org_ecb')).toBe('0.585274 of 2007-12-31');
});
