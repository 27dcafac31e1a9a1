/** The demo's tape through the front door: closes and quotes that a client sees, over days that pass and days that were missed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Surroundings } from '@pms/subgraph/subgraph';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterEach, expect, test } from 'vitest';
import { rttmSubgraph } from '../src/subgraph.ts';

const DEMO: Surroundings['settings'] = { production: false, demo: true, issuer: 'http://127.0.0.1:4000', secret: () => Promise.resolve('') };
const FRIDAY = '2026-11-20';
let now = new Date(`${FRIDAY}T15:00:00Z`);
let door: FrontDoor;
afterEach(() => door.close());

const opened = async (demo = true): Promise<void> => {
  now = new Date(`${FRIDAY}T15:00:00Z`);
  door = await frontDoor((surroundings) => rttmSubgraph(surroundings, { tapeIntervalMs: 5 }), { now: () => now, settings: { ...DEMO, demo } });
};

/** Thirty real closes until Friday the 6th: some 100 dollars. */
const rows = Array.from({ length: 42 }, (_, day) => new Date(Date.UTC(2026, 8, 26 + day)))
  .filter((day) => day.getUTCDay() % 6 !== 0)
  .map((day, index) => ({ date: day.toISOString().slice(0, 10), close: (100 + 2 * Math.sin(index)).toFixed(2) }));

async function instrument(symbol = 'TAPE'): Promise<string> {
  const input = { symbol, name: symbol, assetClass: 'EQUITY', currency: 'USD', idempotencyKey: symbol };
  const made = await door.ask('mutation ($input: CreateInstrumentInput!) { createInstrument(input: $input) { instrument { id } } }', { input });
  const id = made.data.createInstrument.instrument.id as string;
  await door.ask('mutation ($input: ImportPricesInput!) { importPrices(input: $input) { recorded } }', { input: { instrumentId: id, rows } });
  return id;
}
const history = async (id: string): Promise<{ date: string; close: string; simulated: boolean }[]> =>
  (await door.ask(`query ($id: ID!) { instrument(id: $id) { priceHistory(from: "2026-11-05", to: "2026-12-31") { date close simulated } } }`, { id })).data.instrument.priceHistory;
const quote = async (id: string): Promise<{ last: string; previousClose: string; simulated: boolean; source: string; time: string }> =>
  (await door.ask('query ($id: ID!) { instrument(id: $id) { quote { last previousClose simulated source time } } }', { id })).data.instrument.quote;
async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 500; tries += 1) {
    const value = await read();
    if (holds(value)) return value;
    await delay(10);
  }
  throw new Error('it did not come to pass');
}
const lastDay = (closes: readonly { date: string }[]): string | undefined => closes.at(-1)?.date;
const BUSINESS_DAYS = ['2026-11-09', '2026-11-10', '2026-11-11', '2026-11-12', '2026-11-13', '2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'];

test('imported closes are carried to yesterday by simulated ones, told as such, and a simulated quote moves', async () => {
  await opened();
  await door.subgraph.start?.();
  const id = await instrument();
  const closes = await until(() => history(id), (read) => lastDay(read) === '2026-11-19');
  expect(closes.filter(({ simulated }) => simulated).map(({ date }) => date)).toEqual(BUSINESS_DAYS);
  expect(closes.filter(({ simulated }) => !simulated).map(({ date }) => date)).toEqual(['2026-11-05', '2026-11-06']);
  const told = (await door.told()).filter(({ type, key }) => type === 'rttm.prices-recorded.v1' && key === id);
  expect(told.map(({ actor }) => actor)).toEqual(['usr_tester', 'system:rttm']);
  expect((told[1]!.data as { prices: object[] }).prices).toEqual(closes.slice(2));
  const first = await until(() => quote(id), ({ source }) => source === 'SIMULATED_TAPE');
  expect(first).toMatchObject({ previousClose: closes.at(-1)!.close, simulated: true, time: now.toISOString() });
  now = new Date(now.getTime() + 3_600_000);
  const second = await until(() => quote(id), ({ time }) => time === now.toISOString());
  expect(second.last).not.toBe(first.last);
});

test('when the day ends its close is recorded: the last price the tape told', async () => {
  await opened();
  await door.subgraph.start?.();
  const id = await instrument();
  await until(() => quote(id), ({ source }) => source === 'SIMULATED_TAPE');
  now = new Date(`${FRIDAY}T23:59:59.900Z`);
  const { last } = await until(() => quote(id), ({ time }) => time === now.toISOString());
  now = new Date('2026-11-21T00:00:01Z');
  const closes = await until(() => history(id), (read) => lastDay(read) === FRIDAY);
  expect(Math.abs(Number(closes.at(-1)!.close) / Number(last) - 1)).toBeLessThan(0.005);
  now = new Date('2026-11-23T00:00:01Z');
  await until(() => quote(id), ({ time }) => time === now.toISOString());
  expect(lastDay(await history(id))).toBe(FRIDAY);
});

test('a start after days off fills what is missing, to the same prices as if it had run', async () => {
  await opened();
  const id = await instrument();
  await door.subgraph.start?.();
  const before = await history(id);
  expect(lastDay(before)).toBe('2026-11-19');
  await door.subgraph.close();
  now = new Date('2026-12-02T08:00:00Z');
  const again = rttmSubgraph({ ...door.surroundings, now: () => now }, { tapeIntervalMs: 5 });
  await again.start?.();
  await again.close();
  const { rows: after } = await door.database.query<{ date: string; close: string }>(
    'select date::text, trim_scale(close)::text as close from rttm.price where simulated and instrument_id = $1 order by date', [id]);
  expect(after.slice(0, 9).map(({ date, close }) => ({ date, close, simulated: true }))).toEqual(before.slice(2).map((one) => ({ ...one, close: String(Number(one.close)) })));
  expect(after.slice(9).map(({ date }) => date)).toEqual(['2026-11-20', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-27', '2026-11-30', '2026-12-01']);
});

test('a real close takes the place of a simulated one, and never the other way', async () => {
  await opened();
  await door.subgraph.start?.();
  const id = await instrument();
  await until(() => history(id), (read) => lastDay(read) === '2026-11-19');
  const input = { instrumentId: id, rows: [{ date: '2026-11-18', close: '123.45' }] };
  await door.ask('mutation ($input: ImportPricesInput!) { importPrices(input: $input) { recorded } }', { input });
  expect((await history(id)).find(({ date }) => date === '2026-11-18')).toEqual({ date: '2026-11-18', close: '123.45', simulated: false });
  await expect(door.database.query("update rttm.price set simulated = true, close = 1 where date = '2026-11-18'")).rejects.toThrow('real close');
});

test('an ingested quote silences the tape of its instrument for a minute', async () => {
  await opened();
  await door.subgraph.start?.();
  const id = await instrument();
  await until(() => quote(id), ({ source }) => source === 'SIMULATED_TAPE');
  const heard: { last: string; simulated: boolean }[] = [];
  const ingested = await door.ask('mutation ($q: [QuoteInput!]!) { ingestQuotes(input: { quotes: $q }) { accepted } }',
    { q: [{ instrumentId: id, last: '222', time: now.toISOString() }] }, { as: principal({ kind: 'SERVICE' }) });
  expect(ingested.data.ingestQuotes.accepted).toBe(1);
  await delay(50);
  const stop = door.surroundings.live.subscribe(`quotes/${id}`, (message) => heard.push(message as never));
  await delay(50);
  expect(heard).toEqual([]);
  expect(await quote(id)).toMatchObject({ last: '222', simulated: false, source: 'FEED' });
  now = new Date(now.getTime() + 60_001);
  await until(() => Promise.resolve(heard), ({ length }) => length > 0);
  stop();
  expect(heard[0]).toMatchObject({ simulated: true });
});

test('outside the demo there is no tape', async () => {
  await opened(false);
  const id = await instrument();
  await door.subgraph.start?.();
  expect(await history(id)).toHaveLength(2);
  expect(await quote(id)).toMatchObject({ source: 'LAST_CLOSE', simulated: false });
});
