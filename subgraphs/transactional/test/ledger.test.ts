/** The journal's questions: which entries, what an account holds and how it came to it, and the same answer for ever as known at a time. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { cancelled, nowKnown, tradeIdOf, validated, type World, world } from './world.ts';

let door: FrontDoor;
let w: World;
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph);
  w = await world(door);
});
afterAll(() => door.close());

const entity = (fields: string): string => `query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { ${fields} } } }`;
const ask = async (id: string, fields: string, over = {}) => (await door.ask(entity(fields), { id }, over)).data._entities[0];
const TRIAL = '{ lines { account currency debit { amount } credit { amount } balance { amount } } totals { currency debit { amount } credit { amount } } }';
const LEDGER = '{ opening { amount currency } closing { amount currency } pageInfo { hasNextPage endCursor startCursor } edges { node { entry { kind effectiveOn reference } amount { amount currency } balance { amount } instrument { id } } } }';
const NUMBERS = '{ edges { node { number kind recordedAt } } }';
const numbers = ({ edges }: { edges: { node: { number: number } }[] }): number[] => edges.map(({ node }) => node.number);
const rows = ({ edges }: { edges: { node: { entry: { kind: string }; amount: { amount: string; currency: string }; balance: { amount: string } } }[] }): string[] =>
  edges.map(({ node }) => `${node.entry.kind} ${node.amount.amount} ${node.amount.currency} ${node.balance.amount}`);

async function lived(): Promise<{ portfolio: string; purchase: string; sale: string }> {
  const portfolio = await w.open();
  await w.deposit(portfolio, '5000', { effectiveDate: '2026-10-30' });
  await w.deposit(portfolio, '70', { effectiveDate: '2026-10-30', amount: { amount: '70', currency: 'EUR' } });
  const purchase = validated(portfolio, w.instrumentId, { quantity: '10', price: '100', tradeDate: '2026-10-05' });
  const sale = validated(portfolio, w.instrumentId, { side: 'SELL', quantity: '4', price: '110', tradeDate: '2026-10-06' });
  await door.hear(purchase, sale);
  return { portfolio, purchase: tradeIdOf(purchase), sale: tradeIdOf(sale) };
}

test('a trial balance has the balance of each account by currency, debits equal to credits, and adds no currencies', async () => {
  const { portfolio } = await lived();
  const { trialBalance } = await ask(portfolio, `trialBalance ${TRIAL}`);
  expect(trialBalance.lines.map((line: { account: string; currency: string; balance: { amount: string } }) => [line.account, line.currency, line.balance.amount])).toEqual([
    ['CASH_SETTLED', 'EUR', '70'], ['CASH_SETTLED', 'USD', '5000'], ['CASH_RECEIVABLE', 'USD', '440'], ['CASH_PAYABLE', 'USD', '-1000'], ['SECURITIES_AT_COST', 'USD', '600'],
    ['REALIZED_GAINS', 'USD', '-40'], ['CAPITAL_CONTRIBUTED', 'EUR', '-70'], ['CAPITAL_CONTRIBUTED', 'USD', '-5000']]);
  expect(trialBalance.totals).toEqual([
    { currency: 'EUR', debit: { amount: '70' }, credit: { amount: '70' } }, { currency: 'USD', debit: { amount: '6040' }, credit: { amount: '6040' } }]);
  expect((await ask(portfolio, `trialBalance(asOf: "2026-10-05") ${TRIAL}`)).trialBalance.totals).toEqual([{ currency: 'USD', debit: { amount: '1000' }, credit: { amount: '1000' } }]);
  expect((await ask(portfolio, `trialBalance ${TRIAL}`, { as: principal({ organizationId: 'org_other' }) })).trialBalance).toEqual({ lines: [], totals: [] });
});

test('a ledger has the lines of one account in the order of their days, with the balance after each by currency', async () => {
  const { portfolio, purchase } = await lived();
  const { generalLedger } = await ask(portfolio, `generalLedger(account: CASH_SETTLED) ${LEDGER}`);
  expect(rows(generalLedger)).toEqual(['DEPOSIT 5000 USD 5000', 'DEPOSIT 70 EUR 70']);
  expect([generalLedger.opening, generalLedger.closing]).toEqual([[], [{ amount: '70', currency: 'EUR' }, { amount: '5000', currency: 'USD' }]]);
  const securities = (await ask(portfolio, `generalLedger(account: SECURITIES_AT_COST, instrumentId: "${w.instrumentId}", from: "2026-10-06", to: "2026-10-31") ${LEDGER}`)).generalLedger;
  expect(rows(securities)).toEqual(['TRADE_BOOKED -400 USD 600']);
  expect([securities.opening, securities.closing]).toEqual([[{ amount: '1000', currency: 'USD' }], [{ amount: '600', currency: 'USD' }]]);
  const day = (await ask(portfolio, `generalLedger(account: CASH_PAYABLE, to: "2026-10-05") ${LEDGER}`)).generalLedger;
  expect(day.edges[0].node.entry).toEqual({ kind: 'TRADE_BOOKED', effectiveOn: '2026-10-05', reference: purchase });
  expect(rows((await ask(portfolio, `generalLedger(account: CASH_SETTLED, currency: "EUR") ${LEDGER}`)).generalLedger)).toEqual(['DEPOSIT 70 EUR 70']);
});

test('each page of a ledger goes on from the balance of the one before it, from either end', async () => {
  const portfolio = await w.open();
  for (const day of [5, 3, 1, 4, 2]) await w.deposit(portfolio, String(day), { effectiveDate: `2026-10-0${day}` });
  const page = async (args: string) => (await ask(portfolio, `generalLedger(account: CASH_SETTLED, ${args}) ${LEDGER}`)).generalLedger;
  const first = await page('first: 2');
  const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
  const third = await page(`first: 2, after: "${second.pageInfo.endCursor}"`);
  expect([first, second, third].flatMap(rows)).toEqual(['DEPOSIT 1 USD 1', 'DEPOSIT 2 USD 3', 'DEPOSIT 3 USD 6', 'DEPOSIT 4 USD 10', 'DEPOSIT 5 USD 15']);
  expect(third.pageInfo.hasNextPage).toBe(false);
  const last = await page('last: 2');
  expect(rows(last)).toEqual(['DEPOSIT 4 USD 10', 'DEPOSIT 5 USD 15']);
  expect(rows(await page(`last: 2, before: "${last.pageInfo.startCursor}"`))).toEqual(['DEPOSIT 2 USD 3', 'DEPOSIT 3 USD 6']);
});

test('entries are found by kind, account, instrument, days, what they record, and what one request led to', async () => {
  const { portfolio, purchase, sale } = await lived();
  await door.hear(cancelled(portfolio, w.instrumentId, sale));
  const found = async (filter: string) => numbers((await ask(portfolio, `journal(filter: { ${filter} }) ${NUMBERS}`)).journal);
  expect(await found('kind: [DEPOSIT]')).toEqual([2, 1]);
  expect(await found('kind: [REVERSAL, DEPOSIT]')).toEqual([5, 2, 1]);
  expect(await found('account: CASH_PAYABLE')).toEqual([3]);
  expect(await found(`instrumentId: "${w.instrumentId}", account: REALIZED_GAINS`)).toEqual([5, 4]);
  expect(await found('from: "2026-10-06", to: "2026-10-30"')).toEqual([5, 4, 2, 1]);
  expect(await found(`reference: "${purchase}"`)).toEqual([3]);
  expect(await found(`reference: "${sale}"`)).toEqual([5, 4]);
  expect(await found('correlationId: "of nobody"')).toEqual([]);
  const refused = await door.ask(entity('journal(filter: { from: "2026-10-07", to: "2026-10-06" }) { edges { cursor } }'), { id: portfolio });
  expect(refused.codes).toEqual(['BAD_USER_INPUT']);
  const astray = await door.ask(entity(`generalLedger(account: FX, after: "${(await ask(portfolio, 'journal(first: 1) { pageInfo { endCursor } }')).journal.pageInfo.endCursor}") { edges { cursor } }`), { id: portfolio });
  expect(astray.messages).toEqual(['the cursor is not one that this list gave out']);
});

test('what was known at a time is answered the same after reversals and late trades, and the moment of an entry is a time to ask for', async () => {
  const { portfolio, purchase } = await lived();
  const knownAt = await nowKnown();
  const all = `trialBalance(knownAt: "${knownAt}") ${TRIAL} journal(knownAt: "${knownAt}") ${NUMBERS} generalLedger(account: SECURITIES_AT_COST, knownAt: "${knownAt}") ${LEDGER} `;
  const then = await ask(portfolio, all);
  expect(numbers(then.journal)).toEqual([4, 3, 2, 1]);
  await door.hear(validated(portfolio, w.instrumentId, { quantity: '2', price: '80', tradeDate: '2026-10-01' }), cancelled(portfolio, w.instrumentId, purchase));
  await door.ask('mutation ($id: ID!) { settleDue(input: { asOf: "2026-11-02", portfolioId: $id }) { settled } }', { id: portfolio });
  expect(await ask(portfolio, all)).toEqual(then);
  const { journal } = await ask(portfolio, `journal ${NUMBERS}`);
  for (const { node } of journal.edges) {
    const known = numbers((await ask(portfolio, `journal(knownAt: "${node.recordedAt}") ${NUMBERS}`)).journal);
    expect(known).toContain(node.number);
    expect(known).toEqual(journal.edges.filter((edge: { node: { recordedAt: string } }) => edge.node.recordedAt <= node.recordedAt).map((edge: { node: { number: number } }) => edge.node.number));
  }
});
