/** That a verification of the books finds nothing where nothing is wrong, and one row changed in any table where one is. */
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../src/domain/finding.ts';
import { type TransactionalSubgraph, transactionalSubgraph } from '../src/subgraph.ts';
import { announced, process, withdrawn } from './actions-world.ts';
import { cancelled, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
let portfolio: string;
let purchase: string;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
  portfolio = await w.open();
  await w.deposit(portfolio, '5000', { effectiveDate: '2026-09-30' });
  const bought = validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-01' });
  purchase = tradeIdOf(bought);
  const gone = validated(portfolio, w.instrumentId, { quantity: '1', price: '90', tradeDate: '2026-10-02' });
  const amended = validated(portfolio, w.instrumentId, { quantity: '2', price: '80', tradeDate: '2026-10-02' });
  await door.hear(bought, gone, amended, validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-10-05' }));
  await door.ask('mutation ($id: ID!) { settleDue(input: { asOf: "2026-11-02", portfolioId: $id }) { settled } }', { id: portfolio });
  await door.hear(validated(portfolio, w.instrumentId, { tradeId: tradeIdOf(amended), version: 2, replaces: 1, quantity: '3', price: '80', tradeDate: '2026-10-02' }));
  await door.hear(cancelled(portfolio, w.instrumentId, tradeIdOf(gone)));
  // earlier than the sale: what the sale took of which lots changes
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '2', price: '70', tradeDate: '2026-09-30' }));
  await w.deposit(portfolio, '20');
  await door.ask(`mutation ($id: ID!) { exchangeCurrency(input: { portfolioId: $id, sold: { amount: "11", currency: "USD" }, bought: { amount: "10", currency: "EUR" }, idempotencyKey: "exchange" }) { userErrors { code } }
    bookCashItem(input: { portfolioId: $id, item: FEE, amount: { amount: "3", currency: "USD" }, idempotencyKey: "fee" }) { userErrors { code } } }`, { id: portfolio });
  await door.hear(announced({ kind: 'CASH_DIVIDEND', instrumentId: w.instrumentId, exDate: '2026-10-06', payDate: '2026-10-08', cashPerShare: '1', withholdingRate: '0.15' }));
  const withdrawnLater = announced({ kind: 'CASH_DIVIDEND', instrumentId: w.instrumentId, exDate: '2026-10-07', cashPerShare: '2' });
  await door.hear(withdrawnLater);
  await process(door, '2026-11-01');
  // what is not about a trade is taken back as well
  await door.hear(withdrawn(withdrawnLater.data));
  await process(door, '2026-11-01');
  const { data } = await door.ask('mutation ($id: ID!) { bookCashItem(input: { portfolioId: $id, item: TAX, amount: { amount: "7", currency: "USD" }, idempotencyKey: "tax" }) { movementId } }', { id: portfolio });
  await door.ask('mutation ($id: ID!) { reverseCashMovement(input: { movementId: $id, reason: "booked twice", idempotencyKey: "back" }) { userErrors { code } } }', { id: data.bookCashItem.movementId });
  const claim = await door.ask(`mutation ($id: ID!) { claimSettlementInterest(input: { tradeId: $id, owedTo: US, annualRate: "0.05", dayCount: ACTUAL_360, to: "2026-10-30", idempotencyKey: "claim" }) { userErrors { message } } }`, { id: tradeIdOf(amended) });
  expect(claim.data.claimSettlementInterest.userErrors).toEqual([]);
  expect(await (door.subgraph as TransactionalSubgraph).keepCheckpoints({ organizationId: 'org_one', portfolioId: portfolio, movementsBetweenMin: 1 })).toBeGreaterThan(1);
});
afterAll(() => door.close());

async function findings(options: { organizationId?: string; portfolioId?: string } = {}): Promise<Finding[]> {
  const all: Finding[] = [];
  for await (const { findings: found } of (door.subgraph as TransactionalSubgraph).verify({ organizationId: null, portfolioId: null, ...options })) all.push(...found);
  return all;
}

/** As somebody who may do anything: no trigger fires, no constraint is looked at. */
const plant = (...statements: readonly string[]): Promise<void> =>
  door.database.transaction(async (sql) => {
    await sql.query('set local session_replication_role = replica');
    for (const statement of statements) await sql.query(statement);
  });

const entryOf = (kind: string): string => `(select id from transactional.journal_entry where portfolio_id = '$P' and kind = '${kind}' order by number limit 1)`;
const entries = (set: string, kind: string): string => `update transactional.journal_entry set ${set} where id = ${entryOf(kind)}`;
const facts = (set: string, kind: string): string =>
  `update transactional.fact set ${set} where portfolio_id = '$P' and sequence = (select min(sequence) from transactional.fact where portfolio_id = '$P' and kind = '${kind}')`;

/** Table, damage to one row, and a finding that names it. */
const damages: readonly (readonly [table: string, damage: string, finding: RegExp])[] = [
  ['portfolio', `update transactional.portfolio set lot_method = 'LIFO' where id = '$P'`, /lot method: expected FIFO, found LIFO/],
  ['portfolio', `update transactional.portfolio set last_entry = last_entry + 1 where id = '$P'`, /portfolio last_entry: expected \d+, found \d+/],
  ['portfolio', `update transactional.portfolio set organization_id = 'org_other' where id = '$P'`, /fact 1: expected org_other, found org_one/],
  ['portfolio', `delete from transactional.portfolio where id = '$P'`, /fact \d+ rows of portfolio prt_\w+: expected a portfolio/],
  ['fact', facts(`data = jsonb_set(data, '{price}', '"101"')`, 'TRADE_BOOKED'), /trade_booking trade trd_\w+ version 1: expected 10 for 1010 .*, found 10 for 1000 /],
  ['fact', facts(`data = jsonb_set(data, '{amount}', '"4000"')`, 'CASH_DEPOSITED'), /cash_balance cash USD: expected settled .*, found settled /],
  ['fact', facts(`data = jsonb_set(data, '{lotMethod}', '"LIFO"')`, 'LOT_METHOD_SET'), /lot method: expected LIFO, found FIFO/],
  ['fact', facts(`effective_on = effective_on - 1`, 'TRADE_BOOKED'), /fact 3 effective_on: expected 2026-10-01, found 2026-09-30/],
  ['fact', facts(`instrument_id = 'ins_other'`, 'TRADE_BOOKED'), /fact 3 instrument_id: expected ins_\w+, found ins_other/],
  ['fact', facts(`currency = 'EUR'`, 'TRADE_SETTLED'), /fact \d+: expected a booked version with its instrument, currency and order, found trd_\w+ 1 ins_\w+ EUR/],
  ['fact', facts(`effective_on = effective_on - 1`, 'TRADE_SETTLED'), /entry jre_\w+ effective_on: expected 2026-10-\d+, found 2026-10-\d+/],
  ['fact', facts(`actor = 'usr_other'`, 'TRADE_BOOKED'), /entry jre_\w+ actor: expected usr_other, found system:transactional/],
  ['fact', facts(`recorded_at = recorded_at - interval '1 day'`, 'CASH_DEPOSITED'), /entry jre_\w+ recorded_at/],
  ['fact', facts(`kind = 'TRADE_SETTLED'`, 'TRADE_CANCELLED'), /cancelled_trade trade trd_\w+: expected nothing, found version 2/],
  ['fact', `delete from transactional.fact where portfolio_id = '$P' and sequence = 2`, /fact sequence 3: expected sequence 2, found a gap before 3/],
  ['journal_entry', entries(`effective_on = effective_on - 1`, 'TRADE_BOOKED'), /journal_entry entry jre_\w+ effective_on: expected 2026-10-01, found 2026-09-30/],
  ['journal_entry', entries(`effective_on = effective_on - 1`, 'REVERSAL'), /journal_entry entry jre_\w+: expected the lines of entry jre_\w+ with the other sign, and its day, found 2026-/],
  ['journal_entry', entries(`effective_on = effective_on - 1`, 'LOTS_REALLOCATED'), /journal_entry entry jre_\w+ effective_on: expected/],
  ['journal_entry', entries(`kind = 'FEE'`, 'TRADE_SETTLED'), /journal_entry entry jre_\w+ kind: expected TRADE_SETTLED, found FEE/],
  ['journal_entry', entries(`reference = 'trd_other'`, 'TRADE_SETTLED'), /journal_entry entry jre_\w+ reference: expected trd_\w+ 1, found trd_other 1/],
  ['journal_entry', entries(`version = 7`, 'TRADE_BOOKED'), /journal_entry entry jre_\w+ reference: expected trd_\w+ 1, found trd_\w+ 7/],
  ['journal_entry', entries(`recorded_at = recorded_at - interval '1 hour'`, 'DEPOSIT'), /journal_entry entry jre_\w+ recorded_at/],
  ['journal_entry', entries(`actor = 'usr_other'`, 'DEPOSIT'), /journal_entry entry jre_\w+ actor: expected usr_tester, found usr_other/],
  ['journal_entry', entries(`correlation_id = 'cor_other'`, 'DEPOSIT'), /journal_entry entry jre_\w+ correlation_id/],
  ['journal_entry', entries(`reason = 'none'`, 'DEPOSIT'), /journal_entry entry jre_\w+ reason/],
  ['journal_entry', entries(`number = number + 1000`, 'TRADE_SETTLED'), /journal_entry number \d+: expected number \d+, found a gap/],
  ['journal_entry', entries(`fact_sequence = 900`, 'TRADE_SETTLED'), /journal_entry entry jre_\w+ fact: expected 900, found nothing/],
  ['journal_entry', entries(`reverses = null`, 'REVERSAL'), /journal_entry entry jre_\w+: expected the lines of entry \? .*, found it names no entry/],
  ['journal_entry', entries(`line_count = 4`, 'DEPOSIT'), /journal_line entry jre_\w+: expected 4 lines, found 2 lines/],
  ['journal_entry', `delete from transactional.journal_entry where id = ${entryOf('TRADE_SETTLED')}`, /journal_line line 1 of entry jre_\w+: expected an entry jre_\w+, found nothing/],
  ['journal_line', `update transactional.journal_line set amount = amount + 1 where line = 1 and entry_id = ${entryOf('DEPOSIT')}`, /journal_line entry jre_\w+: expected lines that add up to 0 USD, found 1/],
  ['journal_line', `update transactional.journal_line set amount = -amount where entry_id = ${entryOf('REVERSAL')}`, /journal_entry entry jre_\w+: expected the lines of entry jre_\w+ .*, found other lines/],
  ['journal_line', `update transactional.journal_line set account = 'FEES' where account = 'REALIZED_GAINS' and entry_id in (select id from transactional.journal_entry where kind = 'TRADE_BOOKED' and portfolio_id = '$P')`, /trade_booking trade trd_\w+ version 1 realised gain: expected/],
  ['journal_line', `update transactional.journal_line set currency = 'EUR' where line = 1 and entry_id = ${entryOf('DEPOSIT')}`, /journal_line entry jre_\w+: expected lines that add up to 0 EUR, found 5000/],
  ['journal_line', `update transactional.journal_line set instrument_id = 'ins_other' where line = 1 and entry_id = ${entryOf('TRADE_BOOKED')}`, /journal_line journal SECURITIES_AT_COST USD ins_other: expected nothing, found 1000/],
  ['journal_line', `delete from transactional.journal_line where entry_id = ${entryOf('DEPOSIT')}`, /journal_line entry jre_\w+: expected 2 lines, found 0 lines/],
  ['journal_line', `update transactional.journal_line set organization_id = 'org_other' where line = 2 and entry_id = ${entryOf('DEPOSIT')}`, /journal_line line 2 of entry jre_\w+: expected org_one, found org_other/],
  ['trade_booking', `update transactional.trade_booking set quantity = 11 where trade_id = '$T'`, /trade_booking trade trd_\w+ version 1: expected 10 for 1000 settled .*, found 11 for 1000 settled/],
  ['trade_booking', `update transactional.trade_booking set amount = 1001 where trade_id = '$T'`, /trade_booking trade trd_\w+ version 1 cash: expected -1001, found -1000/],
  ['trade_booking', `update transactional.trade_booking set gain = 1 where trade_id = '$T'`, /trade_booking trade trd_\w+ version 1 realised gain: expected 1, found 0/],
  ['trade_booking', `update transactional.trade_booking set step = 'instructed', settled_on = null where trade_id = '$T'`, /trade_booking trade trd_\w+ version 1: expected 10 for 1000 settled .*, found 10 for 1000 instructed/],
  ['trade_booking', `update transactional.trade_booking set traded_on = traded_on - 1 where trade_id = '$T'`, /trade_booking trade trd_\w+ version 1 traded_on: expected 2026-10-01, found 2026-09-30/],
  ['trade_booking', `update transactional.trade_booking set instrument_id = 'ins_other' where trade_id = '$T'`, /trade_booking trade trd_\w+ version 1 instrument_id/],
  ['trade_booking', `delete from transactional.trade_booking where trade_id = '$T'`, /trade_booking trade trd_\w+ version 1 cash: expected 0, found -1000/],
  ['cancelled_trade', `delete from transactional.cancelled_trade where portfolio_id = '$P'`, /cancelled_trade trade trd_\w+: expected version 2, found nothing/],
  ['cancelled_trade', `update transactional.cancelled_trade set version = 9 where portfolio_id = '$P'`, /cancelled_trade trade trd_\w+: expected version 2, found version 9/],
  ['tax_lot', `update transactional.tax_lot set cost = cost + 1 where trade_id = '$T'`, /tax_lot lot ins_\w+ USD trd_\w+: expected .*, found/],
  ['tax_lot', `update transactional.tax_lot set quantity = quantity + 1 where trade_id = '$T'`, /position position ins_\w+ USD quantity: expected \d+, found \d+/],
  ['tax_lot', `update transactional.tax_lot set opened_on = opened_on - 1 where trade_id = '$T'`, /tax_lot lot ins_\w+ USD trd_\w+: expected .*, found/],
  ['tax_lot', `delete from transactional.tax_lot where trade_id = '$T'`, /tax_lot lot ins_\w+ USD trd_\w+: expected .*, found nothing/],
  ['lot_closing', `update transactional.lot_closing set cost = cost + 1 where portfolio_id = '$P' and line = 1`, /lot_closing closing ins_\w+ USD trd_\w+ 1: expected/],
  ['position', `update transactional.position set quantity = quantity + 1 where portfolio_id = '$P'`, /custody position ins_\w+ USD: expected .* with the custodian and .* on its way, found/],
  ['position', `update transactional.position set realized = 0 where portfolio_id = '$P'`, /position position ins_\w+ USD: expected .*, found/],
  ['position', `update transactional.position set last_traded_on = last_traded_on - 1 where portfolio_id = '$P'`, /position position ins_\w+ USD: expected .* 2026-\d\d-\d\d -?\d+, found/],
  ['custody', `update transactional.custody set quantity = quantity + 1 where portfolio_id = '$P'`, /custody position ins_\w+ USD: expected .* with the custodian and .* on its way, found/],
  ['custody', `delete from transactional.custody where portfolio_id = '$P'`, /custody position ins_\w+ USD: expected 0 with the custodian and .* on its way, found/],
  ['entitlement', `update transactional.entitlement set paid_on = paid_on + 1 where portfolio_id = '$P'`, /entitlement corporate action cac_\w+: expected .*, found/],
  ['entitlement', `delete from transactional.entitlement where portfolio_id = '$P'`, /entitlement corporate action cac_\w+: expected .*, found nothing/],
  ['settlement_claim', `update transactional.settlement_claim set amount = amount + 1 where portfolio_id = '$P'`, /settlement_claim claim clm_\w+: expected INTEREST .*, found INTEREST /],
  ['settlement_claim', `delete from transactional.settlement_claim where portfolio_id = '$P'`, /settlement_claim claim clm_\w+: expected INTEREST .*, found nothing/],
  ['currency_exchange', `update transactional.currency_exchange set bought_amount = 9 where portfolio_id = '$P'`, /currency_exchange currency exchange fxd_\w+: expected 11 USD for 10 EUR .*, found 11 USD for 9 EUR/],
  ['currency_exchange', `delete from transactional.currency_exchange where portfolio_id = '$P'`, /currency_exchange currency exchange fxd_\w+: expected .*, found nothing/],
  ['cash_movement', `update transactional.cash_movement set kind = 'TAX' where portfolio_id = '$P' and kind = 'FEE'`, /cash_movement movement csh_\w+ kind: expected FEE, found TAX/],
  ['checkpoint', `update transactional.checkpoint set method = 'LIFO' where portfolio_id = '$P'`, /checkpoint checkpoint of 2026-10-0\d: expected by FIFO, found by LIFO/],
  ['checkpoint', `update transactional.checkpoint set through = through + 30 where portfolio_id = '$P'`, /checkpoint checkpoint of 2026-1\d-\d\d.*: expected nothing, found some/],
  ['checkpoint_position', `delete from transactional.checkpoint_position where portfolio_id = '$P'`, /checkpoint checkpoint of 2026-10-0\d, position ins_\w+ USD: expected .*, found nothing/],
  ['checkpoint_position', `update transactional.checkpoint_position set lots = '[]' where portfolio_id = '$P'`, /checkpoint checkpoint of 2026-10-0\d, position ins_\w+ USD: expected .* lot/],
  ['cash_balance', `update transactional.cash_balance set settled = settled - 0.01 where portfolio_id = '$P'`, /cash_balance cash USD: expected settled .*, found settled/],
  ['cash_movement', `update transactional.cash_movement set amount = 4999 where portfolio_id = '$P' and amount = 5000`, /cash_movement movement csh_\w+ amount: expected 5000, found 4999/],
  ['currency_exchange', `update transactional.currency_exchange set cancelled = true where portfolio_id = '$P'`, /currency_exchange currency exchange fxd_\w+: expected .* settled –, found .* taken back –/],
  ['fact', facts(`data = jsonb_set(data, '{amount}', '"8"')`, 'CASH_MOVEMENT_REVERSED'), /cash_balance cash USD: expected settled .*, found settled /],
  ['cash_movement', `update transactional.cash_movement set settled = 1 where portfolio_id = '$P' and amount = 5000`, /cash_movement movement csh_\w+ settled: expected 5000, found 1/],
  ['cash_movement', `delete from transactional.cash_movement where portfolio_id = '$P'`, /cash_movement movement csh_\w+ amount: expected \d+, found nothing/],
];

test('books as they were written hold in every way', async () => {
  expect(await findings()).toEqual([]);
  expect(await findings({ portfolioId: portfolio })).toEqual([]);
});

test.each(damages)('one row of %s changed by %s is found and named', async (table, damage, finding) => {
  await plant(`create table kept as select * from transactional.${table}`, damage.replaceAll('$P', portfolio).replaceAll('$T', purchase));
  try {
    const found = (await findings()).map(({ table: where, what, expected, found: there }) => `${where} ${what}: expected ${expected}, found ${there}`);
    expect(found.filter((each) => finding.test(each)), found.join('\n')).not.toEqual([]);
    expect(found.length).toBeGreaterThan(0);
  } finally {
    await plant(`delete from transactional.${table}`, `insert into transactional.${table} select * from kept`, 'drop table kept');
  }
});

test('every table of the books was damaged at least once, and after all of it the books hold again', async () => {
  const { rows } = await door.database.query<{ table_name: string }>(
    `select table_name from information_schema.columns where table_schema = 'transactional' and column_name in ('portfolio_id', 'entry_id') union select 'portfolio' order by 1`);
  const elsewhere = new Set(['reconciliation', 'reconciliation_break']);
  expect(rows.map(({ table_name: name }) => name).filter((name) => !elsewhere.has(name) && damages.every(([table]) => table !== name))).toEqual([]);
  expect(await findings()).toEqual([]);
});

test('only the portfolio, or the organisation, that was asked for is looked at', async () => {
  const other = await w.open({ organizationId: 'org_two' });
  await plant(`update transactional.portfolio set last_entry = 5 where id = '${other}'`);
  expect(await findings({ portfolioId: portfolio })).toEqual([]);
  expect(await findings({ organizationId: 'org_one' })).toEqual([]);
  expect((await findings({ organizationId: 'org_two' })).map(({ portfolioId, what }) => [portfolioId, what])).toEqual([[other, 'last_entry']]);
  await plant(`update transactional.portfolio set last_entry = 0 where id = '${other}'`);
});
