/** Dividends that are booked as a custodian's statement has them, beside those that are announced: never twice, whichever comes first. */
import { newId } from '@pms/events/ids';
import { cashMoved, corporateActionApplied, corporateActionReversed } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { announced, booksOf, newInstrument, process } from './actions-world.ts';
import { type Operations, operations } from './settlements.ts';
import { nowKnown, validated, type World, world } from './world.ts';

const TODAY = '2026-11-20';
let door: FrontDoor;
let w: World;
let ops: Operations;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => new Date(`${TODAY}T15:00:00Z`) });
  w = await world(door);
  ops = operations(door);
});
afterAll(async () => {
  expect([await ops.verify(), await ops.findings()]).toEqual([[], []]);
  expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
  await door.close();
});

const FIELDS = 'movementId cash { currency settled { amount } }';
const book = (portfolioId: string, over: Record<string, unknown> = {}) => ops.run('bookCashItem', {
  portfolioId, item: 'DIVIDEND', amount: { amount: '30', currency: 'USD' }, taxWithheld: '4.50', instrumentId: w.instrumentId, effectiveDate: '2026-11-10', idempotencyKey: newId('key'), ...over,
}, { fields: FIELDS });
const told = async (type: { name: string }, portfolioId: string): Promise<any[]> => (await door.told()).filter((event) => event.type === type.name && event.key === portfolioId).map(({ data }) => data);
const settledOf = async (id: string, args = ''): Promise<string> => ((await w.cash(id, args))?.['settled'] as { amount: string } | undefined)?.amount ?? '0';

test('it is income gross, the tax apart, and cash net; told as every dividend is; the same key again books nothing', async () => {
  const id = await w.open();
  const input = { idempotencyKey: newId('key') };
  const done = await book(id, input);
  expect(done).toMatchObject({ userErrors: [], movementId: expect.stringMatching(/^csh_/), cash: { currency: 'USD', settled: { amount: '25.5' } } });
  expect((await booksOf(door, id)).journal).toEqual([{ kind: 'DIVIDEND', effectiveOn: '2026-11-10', lines: ['CASH_SETTLED 25.5', 'TAXES 4.5', 'DIVIDENDS -30'] }]);
  expect((await told(corporateActionApplied, id)).at(-1)).toMatchObject({ entitlementId: done.movementId, kind: 'CASH_DIVIDEND', instrumentId: w.instrumentId, income: '30', tax: '4.5', exDate: '2026-11-10', parts: [] });
  expect((await told(cashMoved, id)).at(-1)).toMatchObject({ kind: 'CORPORATE_ACTION', amount: '25.5', settled: '25.5' });
  expect(await book(id, { ...input, amount: { amount: '30.00', currency: 'USD' }, taxWithheld: '4.5' })).toEqual(done);
  expect((await book(id, { ...input, taxWithheld: '4.51' })).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);
});

test('a dry run refuses what would be refused, and writes nothing', async () => {
  const id = await w.open();
  const before = (await door.told()).length;
  expect(await book(id, { dryRun: true })).toMatchObject({ userErrors: [], movementId: null, cash: { settled: { amount: '25.5' } } });
  expect((await book(id, { dryRun: true, instrumentId: 'ins_none' })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['instrumentId'] }]);
  expect([await settledOf(id), (await door.told()).length]).toEqual(['0', before]);
});

test.each([
  ['one that names no instrument', { instrumentId: null }, 'INVALID', ['instrumentId']],
  ['more tax than dividend', { taxWithheld: '30.01' }, 'INVALID', ['taxWithheld']],
  ['tax below zero', { taxWithheld: '-1' }, 'INVALID', ['taxWithheld']],
  ['tax in parts of a cent', { taxWithheld: '0.001' }, 'INVALID', ['taxWithheld']],
  ['a fee of an instrument', { item: 'FEE', taxWithheld: null }, 'INVALID', ['instrumentId']],
  ['interest with tax withheld', { item: 'INTEREST_RECEIVED', instrumentId: null }, 'INVALID', ['taxWithheld']],
  ['a day that has not come', { effectiveDate: '2026-11-21' }, 'INVALID', ['effectiveDate']],
])('%s is refused', async (_, over, code, path) => {
  expect(await book(await w.open(), over)).toMatchObject({ movementId: null, userErrors: [{ code, path }] });
});

test('another organisation’s instrument is none', async () => {
  const theirs = await newInstrument(door, 'THEIRS', 'USD', 'org_other');
  expect((await book(await w.open(), { instrumentId: theirs })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['instrumentId'] }]);
  expect((await ops.run('bookCashItem', { portfolioId: await w.open(), item: 'DIVIDEND', amount: { amount: '1', currency: 'USD' }, instrumentId: w.instrumentId, idempotencyKey: newId('key') },
    { fields: FIELDS, as: principal({ organizationId: 'org_other' }) })).userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['portfolioId'] }]);
});

test('one that the books have from an announcement is refused, by name; one of another quarter is not', async () => {
  const [id, share] = [await w.open(), await newInstrument(door, 'ANNC')];
  await door.hear(validated(id, share, { tradeDate: '2026-11-02' }), announced({ kind: 'CASH_DIVIDEND', instrumentId: share, exDate: '2026-11-05', payDate: '2026-11-10', cashPerShare: '3' }));
  await process(door, TODAY);
  const refused = await book(id, { instrumentId: share, effectiveDate: '2026-11-13' });
  expect(refused.userErrors).toMatchObject([{ code: 'CONFLICT', path: ['instrumentId'], message: expect.stringMatching(/of 30 USD paid on 2026-11-10, from the corporate action cac_/) }]);
  expect((await book(id, { instrumentId: share, effectiveDate: '2026-08-10' })).userErrors).toEqual([]);
});

test('an announcement that comes later leaves alone the portfolio that has the dividend, and counts once that is taken back', async () => {
  const [id, other, share] = [await w.open(), await w.open(), await newInstrument(door, 'LATE')];
  await door.hear(validated(id, share, { tradeDate: '2026-11-02' }), validated(other, share, { tradeDate: '2026-11-02' }));
  const { movementId } = await book(id, { instrumentId: share });
  await door.hear(announced({ kind: 'CASH_DIVIDEND', instrumentId: share, exDate: '2026-11-05', payDate: '2026-11-10', cashPerShare: '3' }));
  expect(await process(door, TODAY)).toMatchObject({ applied: 1, paid: 1 });
  expect([await settledOf(id), await settledOf(other)]).toEqual(['25.5', '30']);
  const before = await nowKnown();
  const taken = await ops.once('reverseCashMovement', { movementId, reason: 'it is announced' }, 'cash { settled { amount } }');
  expect(taken).toMatchObject({ userErrors: [], cash: { settled: { amount: '30' } } });
  expect([await settledOf(id), await settledOf(id, `(knownAt: "${before}")`)]).toEqual(['30', '25.5']);
  expect(await told(corporateActionReversed, id)).toMatchObject([{ entitlementId: movementId }]);
  expect((await told(cashMoved, id)).filter(({ kind }) => kind === 'CORPORATE_ACTION').map(({ amount }) => amount)).toEqual(['25.5', '-25.5', '30']);
});

test('planted damage to a dividend is found', async () => {
  const id = await w.open();
  const { movementId } = await book(id);
  const plant = (set: string) => door.database.query(`update transactional.cash_movement set ${set} where id = $1`, [movementId]);
  await plant('tax = 4');
  expect(JSON.stringify(await ops.findings())).toContain('tax');
  await plant(`tax = 4.5, instrument_id = 'ins_x'`);
  expect(JSON.stringify(await ops.findings())).toContain('instrument_id');
  await plant(`instrument_id = '${w.instrumentId}'`);
});
