/**
 * Between domains there is no order over Kafka: a trade may be heard before the deposit that was acknowledged before it. Here delivery is in the test's hands, with the
 * handling that the bus has over Kafka: what was written and what was heard are two things.
 */
import { type Event, publisherOf } from '@pms/events/envelope';
import { type Handling, handling } from '@pms/events/handling';
import { reportWaits, watched } from '@pms/events/handling-metrics';
import { conditionOf, newestOver } from '@pms/events/newest';
import { unitOfWork } from '@pms/events/unit-of-work';
import type { Logger } from '@pms/telemetry/logger';
import { metrics } from '@pms/telemetry/metrics';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { corporateActionApplied } from '@pms/schema/events/transactional';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOOKS, CLOSES } from '../src/commands/tidings.ts';
import { validationSubgraph } from '../src/subgraph.ts';
import { captured, cash, closes, decisionsOf, instrument, portfolio, projected, trade } from './world.ts';

let door: FrontDoor;
let bus: Handling;
const logged: string[] = [];
const failures: unknown[] = [];
let positions = 0;
let portfolios = 0;

beforeAll(async () => {
  door = await frontDoor(validationSubgraph, { newest: (asked, inOrderWith) => newestOver(door.database, 'key and publisher')(asked, inOrderWith) });
  const logger = { warn: (facts: { reason?: string }, said: string) => void logged.push(`${said}: ${facts.reason ?? ''}`), error: () => undefined } as unknown as Logger;
  const { onHandled, onWaiting } = watched('validation', logger);
  bus = handling({
    sql: door.database, name: 'validation', reactions: door.subgraph.reactions, line: 'key and publisher', onHandled, onWaiting, onFailure: (_event, error) => void failures.push(error),
  });
  await door.hear(instrument('ins_acme'), instrument('ins_other'));
});
afterAll(() => door.close());

/** As its publisher commits it, before anybody hears of it. */
const written = async (...events: readonly Event[]): Promise<void> => {
  for (const event of events) await unitOfWork(door.database, publisherOf(event.type), () => undefined)((unit) => unit.outbox.add([event]));
};
/** As Kafka brings it, with whatever comes at the same time. */
const comes = (...events: readonly Event[]): Promise<void> => bus.handle(events.map((event) => ({ position: String((positions += 1)), event })));
/** The parked ones have their turn, once each. */
const tried = async (): Promise<void> => {
  await door.database.query('update bus.parked_event set next_attempt_at = now()');
  for (let due: number | null = 0; due !== null && due <= 0;) due = await bus.retry();
};
const parked = async (portfolioId: string): Promise<unknown[]> =>
  (await door.database.query('select attempts, dead, waits_since is not null as waits from bus.parked_event where key = $1 order by position', [portfolioId])).rows;
/** As it is measured, in seconds. */
const longestWait = async (): Promise<number | undefined> => {
  await reportWaits(door.database, ['validation']);
  return (await metrics.getSingleMetric('pms_events_waiting_seconds')?.get())?.values.find(({ labels }) => labels['consumer'] === 'validation')?.value;
};
const opened = async (cashThere?: string): Promise<string> => {
  const id = `prt_${String((portfolios += 1))}`;
  await comes(portfolio(id), ...(cashThere === undefined ? [] : [cash(id, cashThere)]));
  return id;
};

test('a purchase that is heard before the deposit that pays for it waits, with what is behind it, and is allowed once the deposit is heard', async () => {
  const portfolioId = await opened();
  const deposit = cash(portfolioId, '1000');
  const [purchase, sale] = [trade({ portfolioId, quantity: '10' }), trade({ portfolioId, side: 'SELL', quantity: '10', price: '110' })];
  await written(deposit);
  await comes(captured(purchase), captured(sale));
  expect(await decisionsOf(door, purchase.tradeId)).toEqual([]);
  expect(await parked(portfolioId)).toEqual([{ attempts: 0, dead: false, waits: true }, { attempts: 0, dead: false, waits: false }]);
  const elsewhere = trade({ portfolioId: await opened() });
  await comes(captured(elsewhere));
  expect(await decisionsOf(door, elsewhere.tradeId), 'of another portfolio, for which nothing was written').toEqual(['rejected 1']);
  await comes(deposit);
  await tried();
  expect([await decisionsOf(door, purchase.tradeId), await decisionsOf(door, sale.tradeId)]).toEqual([['validated 1'], ['validated 1']]);
  expect(await projected(door, portfolioId)).toEqual({ cash: '1100', held: {} });
  expect([await parked(portfolioId), failures]).toEqual([[], []]);
});

test('a deposit that comes together with the purchase, and stands behind it there, counts as one that is still to come', async () => {
  const portfolioId = await opened();
  const deposit = cash(portfolioId, '1000');
  const [first, second] = [trade({ portfolioId, quantity: '6' }), trade({ portfolioId, quantity: '4' })];
  await written(deposit);
  await comes(captured(first), deposit, captured(second));
  await tried();
  expect(await Promise.all([first, second].map(({ tradeId }) => decisionsOf(door, tradeId)))).toEqual([['validated 1'], ['validated 1']]);
  expect(await projected(door, portfolioId)).toEqual({ cash: '0', held: { ins_acme: '10' } });
});

test('of a run of trades those before the one that waits are decided; those behind it come after it', async () => {
  const portfolioId = await opened('500');
  const deposit = cash(portfolioId, '500');
  const [covered, uncovered, last] = [trade({ portfolioId, quantity: '4' }), trade({ portfolioId, quantity: '6' }), trade({ portfolioId, quantity: '1' })];
  await written(deposit);
  await comes(captured(covered), captured(uncovered), captured(last));
  expect(await Promise.all([covered, uncovered, last].map(({ tradeId }) => decisionsOf(door, tradeId)))).toEqual([['validated 1'], [], []]);
  await comes(deposit);
  await tried();
  expect(await Promise.all([uncovered, last].map(({ tradeId }) => decisionsOf(door, tradeId)))).toEqual([['validated 1'], ['rejected 1']]);
});

test('a purchase for which there is no deposit is rejected at once, whatever else was written and heard, and cash of trades is not waited for', async () => {
  const portfolioId = await opened();
  const [deposit, ofTrade, purchase] = [cash(portfolioId, '500'), cash(portfolioId, '-1', { kind: 'TRADE' }), trade({ portfolioId, quantity: '10' })];
  await written(deposit, ofTrade);
  await comes(deposit);
  await comes(captured(purchase));
  expect([await decisionsOf(door, purchase.tradeId), await parked(portfolioId)]).toEqual([['rejected 1'], []]);
});

test('a trade waits for as long as what was written does not come: it is no dead letter, and its wait is in the metrics and in the log', async () => {
  const portfolioId = await opened();
  const [deposit, purchase] = [cash(portfolioId, '1000'), trade({ portfolioId, quantity: '10' })];
  await written(deposit);
  await comes(captured(purchase));
  for (const minutes of [1, 1, 3, 5, 15]) {
    await door.database.query(`update bus.parked_event set waits_since = now() - make_interval(mins => $1) where waits_since is not null`, [minutes]);
    await tried();
  }
  expect(await parked(portfolioId)).toEqual([{ attempts: 0, dead: false, waits: true }]);
  expect(await longestWait()).toBeCloseTo(900, -2);
  expect(logged).toContain(`an event waits for those of others: they are written, and have not come: waits for transactional.cash-moved.v1 ${deposit.id}`);
  expect(logged.length, 'once a minute').toBe(4);
  await comes(deposit);
  await tried();
  expect(await decisionsOf(door, purchase.tradeId)).toEqual(['validated 1']);
  expect(await longestWait()).toBe(0);
});

test('a purchase that was captured after a withdrawal is not allowed before that is heard, and is rejected then', async () => {
  const portfolioId = await opened('1000');
  const [gone, purchase] = [cash(portfolioId, '-400', { kind: 'WITHDRAWAL' }), trade({ portfolioId, quantity: '10' })];
  const told = captured(purchase);
  await written(gone);
  await written(told);
  await comes(told);
  expect([await decisionsOf(door, purchase.tradeId), await parked(portfolioId)]).toEqual([[], [{ attempts: 0, dead: false, waits: true }]]);
  await comes(gone);
  await tried();
  expect(await decisionsOf(door, purchase.tradeId)).toEqual(['rejected 1']);
  expect(await projected(door, portfolioId)).toEqual({ cash: '600', held: {} });
});

test('units that a corporate action took are gone before a sale of them that was captured later is allowed', async () => {
  const portfolioId = await opened('1000');
  const purchase = trade({ portfolioId, quantity: '10' });
  await comes(captured(purchase));
  const merged = heard(corporateActionApplied, portfolioId, {
    entitlementId: 'ent_2', actionId: 'cac_2', version: 1, portfolioId, kind: 'REVERSE_SPLIT', instrumentId: 'ins_acme', exDate: '2026-01-05', payDate: null, entitled: '10', currency: 'USD', income: '0', tax: '0',
    capital: '0', parts: [], positions: [], moved: [{ instrumentId: 'ins_acme', currency: 'USD', quantity: '-5' }],
  });
  const sale = trade({ portfolioId, side: 'SELL', quantity: '10' });
  const told = captured(sale);
  await written(merged, told);
  await comes(told);
  expect(await decisionsOf(door, sale.tradeId)).toEqual([]);
  await comes(merged);
  await tried();
  expect(await decisionsOf(door, sale.tradeId)).toEqual(['rejected 1']);
});

test('what was written after a trade was captured is not waited for, and of a run each trade waits for what was written before it', async () => {
  const portfolioId = await opened('1000');
  const [before, after] = [trade({ portfolioId, quantity: '5' }), trade({ portfolioId, quantity: '5' })];
  const [first, second, gone] = [captured(before), captured(after), cash(portfolioId, '-400', { kind: 'WITHDRAWAL' })];
  await written(first, gone, second);
  await comes(first, second);
  expect([await decisionsOf(door, before.tradeId), await decisionsOf(door, after.tradeId)]).toEqual([['validated 1'], []]);
  await comes(gone);
  await tried();
  expect([await decisionsOf(door, after.tradeId), await parked(portfolioId)]).toEqual([['rejected 1'], []]);
});

test('a warning for the sake of a price does not let a trade pass by half of the news about cash', async () => {
  const portfolioId = await opened('1000');
  await door.ask('mutation ($input: CreateComplianceRuleInput!) { createComplianceRule(input: $input) { userErrors { message } } }',
    { input: { name: 'Near the last', kind: 'PRICE_TOLERANCE', severity: 'WARN', portfolioId, parameters: { tolerance: 0.05 } } });
  await door.hear(closes('ins_acme', { '2026-01-05': '50' }));
  const [gone, purchase] = [cash(portfolioId, '-400', { kind: 'WITHDRAWAL' }), trade({ portfolioId, quantity: '10' })];
  const told = captured(purchase);
  await written(gone, told);
  await comes(told);
  expect(await decisionsOf(door, purchase.tradeId)).toEqual([]);
  await comes(gone);
  await tried();
  expect(await decisionsOf(door, purchase.tradeId)).toEqual(['rejected 1']);
});

test('units that a corporate action brought are waited for before a sale of them is rejected', async () => {
  const portfolioId = await opened();
  const split = heard(corporateActionApplied, portfolioId, {
    entitlementId: 'ent_1', actionId: 'cac_1', version: 1, portfolioId, kind: 'SPLIT', instrumentId: 'ins_acme', exDate: '2026-01-05', payDate: null, entitled: '10', currency: 'USD', income: '0', tax: '0',
    capital: '0', parts: [], positions: [], moved: [{ instrumentId: 'ins_acme', currency: 'USD', quantity: '10' }],
  });
  const sale = trade({ portfolioId, side: 'SELL', quantity: '10' });
  await written(split);
  await comes(captured(sale));
  await comes(split);
  await tried();
  expect(await decisionsOf(door, sale.tradeId)).toEqual(['validated 1']);
});

test('a close that was recorded is waited for before a price is found too far from the last one', async () => {
  const portfolioId = await opened('10000');
  await door.ask('mutation ($input: CreateComplianceRuleInput!) { createComplianceRule(input: $input) { userErrors { message } } }',
    { input: { name: 'Near the close', kind: 'PRICE_TOLERANCE', severity: 'BLOCK', portfolioId, parameters: { tolerance: 0.05 } } });
  await door.hear(closes('ins_other', { '2026-01-02': '50' }));
  const close = closes('ins_other', { '2026-01-05': '100' });
  const [fair, dear] = [trade({ portfolioId, instrumentId: 'ins_other', quantity: '1' }), trade({ portfolioId, instrumentId: 'ins_other', quantity: '1', price: '120' })];
  await written(close);
  await comes(captured(fair));
  expect(await decisionsOf(door, fair.tradeId)).toEqual([]);
  await comes(close);
  await tried();
  await comes(captured(dear));
  expect([await decisionsOf(door, fair.tradeId), await decisionsOf(door, dear.tradeId)]).toEqual([['validated 1'], ['rejected 1']]);
});

test('who approves is answered by what was written until then', async () => {
  const portfolioId = await opened('1000');
  await door.ask('mutation ($input: CreateComplianceRuleInput!) { createComplianceRule(input: $input) { userErrors { message } } }',
    { input: { name: 'Four eyes', kind: 'APPROVAL_ABOVE_NOTIONAL', severity: 'NEEDS_APPROVAL', portfolioId, parameters: { limit: { amount: '500', currency: 'USD' } } } });
  const [large, larger] = [trade({ portfolioId, quantity: '10' }), trade({ portfolioId, quantity: '10' })];
  await comes(captured(large), captured(larger));
  const approve = ({ tradeId }: { tradeId: string }) => door.ask('mutation ($input: ApproveTradeInput!) { approveTrade(input: $input) { trade { id } userErrors { code message } } }',
    { input: { tradeId } }, { as: principal({ subject: 'usr_other' }) });
  expect((await approve(large)).data.approveTrade.userErrors).toEqual([]);
  const deposit = cash(portfolioId, '1000');
  await written(deposit);
  const answer = approve(larger);
  await comes(deposit);
  expect((await answer).data.approveTrade).toEqual({ trade: { id: larger.tradeId }, userErrors: [] });
  const gone = cash(portfolioId, '-1', { kind: 'WITHDRAWAL' });
  await written(gone);
  const late = trade({ portfolioId, quantity: '6' });
  await comes(captured(late));
  expect(await decisionsOf(door, late.tradeId), 'neither approval nor rejection is asked for by what may have changed').toEqual([]);
  await comes(gone);
  await tried();
  expect(await decisionsOf(door, late.tradeId)).toEqual(['rejected 1']);
});

test('a trade that is heard before its portfolio does not hold up the event that tells of that', async () => {
  const portfolioId = 'prt_late';
  const purchase = trade({ portfolioId, quantity: '1' });
  const [opening, deposit] = [portfolio(portfolioId), cash(portfolioId, '100')];
  await written(opening, deposit);
  await comes(captured(purchase));
  await comes(deposit, opening);
  failures.length = 0;
  await tried();
  await tried();
  expect([await decisionsOf(door, purchase.tradeId), await parked(portfolioId), failures]).toEqual([['validated 1'], [], []]);
});

test('what is asked about is what the publishers keep an index of', async () => {
  for (const [tidings, index] of [[BOOKS, 'transactional.outbox_event_moves_idx'], [CLOSES, 'rttm.outbox_event_closes_idx']] as const) {
    await door.database.query(`create index asked_idx on ${tidings.publisher}.outbox_event (seq) where ${conditionOf(tidings)}`);
    const { rows } = await door.database.query<{ condition: string }>('select pg_get_expr(indpred, indrelid) as condition from pg_index where indexrelid = any(array[$1, $2]::regclass[])', [index, `${tidings.publisher}.asked_idx`]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(rows[1]);
  }
});
