/** Currency exchanges, and fees, interest and taxes in cash, through the front door. */
import { newId } from '@pms/events/ids';
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TransactionalSubgraph, transactionalSubgraph } from '../src/subgraph.ts';
import { cash, nowKnown, type World, world } from './world.ts';

let door: FrontDoor;
let at: World;
const clock = { today: '2026-11-18' };
beforeAll(async () => {
  door = await frontDoor(transactionalSubgraph, { now: () => new Date(`${clock.today}T12:00:00Z`) });
  at = await world(door);
});
afterAll(async () => {
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
  for await (const { findings } of (door.subgraph as TransactionalSubgraph).verify({ organizationId: null, portfolioId: null })) expect(findings).toEqual([]);
  expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([]);
  await door.close();
});

const EXCHANGE = `mutation ($input: ExchangeCurrencyInput!) { exchangeCurrency(input: $input) {
  exchange { id sold { amount currency } bought { amount currency } rate tradeDate valueDate status settledOn } userErrors { code message path } } }`;
const BOOK = 'mutation ($input: BookCashItemInput!) { bookCashItem(input: $input) { cash { currency balance { amount } settled { amount } } userErrors { code path } } }';
const exchange = async (portfolioId: string, over: Record<string, unknown> = {}) => (await door.ask(EXCHANGE, { input: {
  portfolioId, sold: { amount: '1100', currency: 'USD' }, bought: { amount: '1000', currency: 'EUR' }, idempotencyKey: newId('key'), ...over,
} })).data.exchangeCurrency;
const book = async (portfolioId: string, item: string, amount: string, over: Record<string, unknown> = {}) =>
  (await door.ask(BOOK, { input: { portfolioId, item, amount: { amount, currency: 'USD' }, idempotencyKey: newId('key'), ...over } })).data.bookCashItem;
const cashOf = async (id: string, args = ''): Promise<string[]> => (await door.ask(cash(args), { id })).data._entities[0].cash
  .map(({ currency, balance, settled, receivable, payable }: Record<string, { amount: string }> & { currency: string }) =>
    `${currency} ${balance?.amount}: ${settled?.amount} settled, ${receivable?.amount} awaited, ${payable?.amount} owed`);
const settle = (asOf: string) => door.ask('mutation ($asOf: Date!) { settleDue(input: { asOf: $asOf }) { settled } }', { asOf });
const entries = async (portfolioId: string) => (await door.database.query<{ line: string }>(
  `select e.kind || ' ' || l.account || ' ' || trim_scale(l.amount) || ' ' || l.currency as line from transactional.journal_entry e
   join transactional.journal_line l on l.entry_id = e.id where e.portfolio_id = $1 and e.kind <> 'DEPOSIT' order by e.number, l.line`, [portfolioId])).rows.map(({ line }) => line);

test('an exchange is owed and awaited until its value date at spot, then both currencies move', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '5000', { effectiveDate: '2026-11-01' });
  const { exchange: made, userErrors } = await exchange(portfolioId);
  expect(userErrors).toEqual([]);
  expect(made).toMatchObject({ rate: '0.909090909090909091', tradeDate: '2026-11-18', valueDate: '2026-11-20', status: 'PENDING', settledOn: null });
  expect(await cashOf(portfolioId)).toEqual(['EUR 1000: 0 settled, 1000 awaited, 0 owed', 'USD 3900: 5000 settled, 0 awaited, 1100 owed']);
  await settle('2026-11-19');
  expect(await cashOf(portfolioId)).toEqual(['EUR 1000: 0 settled, 1000 awaited, 0 owed', 'USD 3900: 5000 settled, 0 awaited, 1100 owed']);
  const before = await nowKnown();
  await settle('2026-11-23');
  await settle('2026-11-23');
  expect(await cashOf(portfolioId)).toEqual(['EUR 1000: 1000 settled, 0 awaited, 0 owed', 'USD 3900: 3900 settled, 0 awaited, 0 owed']);
  expect(await entries(portfolioId)).toEqual([
    'CURRENCY_EXCHANGED CASH_RECEIVABLE 1000 EUR', 'CURRENCY_EXCHANGED FX -1000 EUR', 'CURRENCY_EXCHANGED FX 1100 USD', 'CURRENCY_EXCHANGED CASH_PAYABLE -1100 USD',
    'CURRENCY_SETTLED CASH_SETTLED 1000 EUR', 'CURRENCY_SETTLED CASH_RECEIVABLE -1000 EUR', 'CURRENCY_SETTLED CASH_PAYABLE 1100 USD', 'CURRENCY_SETTLED CASH_SETTLED -1100 USD',
  ]);
  // as of a day and as known at a time, nothing changes any more
  expect(await cashOf(portfolioId, '(asOf: "2026-11-19")')).toEqual(['EUR 1000: 0 settled, 1000 awaited, 0 owed', 'USD 3900: 5000 settled, 0 awaited, 1100 owed']);
  expect(await cashOf(portfolioId, `(knownAt: "${before}")`)).toEqual(['EUR 1000: 0 settled, 1000 awaited, 0 owed', 'USD 3900: 5000 settled, 0 awaited, 1100 owed']);
  const list = `query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { currencyExchanges(first: 5) { edges { node { id status settledOn } } } } } }`;
  expect((await door.ask(list, { id: portfolioId })).data._entities[0].currencyExchanges.edges).toEqual([{ node: { id: made.id, status: 'SETTLED', settledOn: '2026-11-20' } }]);
  expect((await door.ask(list, { id: portfolioId }, { as: principal({ organizationId: 'org_other' }) })).data._entities[0].currencyExchanges.edges).toEqual([]);
});

const takeBack = async (name: 'cancelCurrencyExchange' | 'reverseCashMovement', input: Record<string, unknown>, fields: string, correlationId = 'cor_back') =>
  (await door.ask(`mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${fields} userErrors { code message path } } }`,
    { input: { reason: 'booked by mistake', idempotencyKey: newId('key'), ...input } }, { correlationId })).data[name];
const EXCHANGES = (args: string) => `query ($id: ID!) { _entities(representations: [{ __typename: "Portfolio", id: $id }]) { ... on Portfolio { currencyExchanges${args} { edges { cursor node { id status settledOn } } pageInfo { hasNextPage } } } } }`;
const exchangesOf = async (id: string, args: string) => (await door.ask(EXCHANGES(args), { id })).data._entities[0].currencyExchanges;

test('an exchange is taken back before and after it settles: both currencies return, each entry is reversed from its own day, and what was known stays', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '5000', { effectiveDate: '2026-11-01' });
  const { exchange: early } = await exchange(portfolioId);
  expect(await takeBack('cancelCurrencyExchange', { exchangeId: early.id }, 'exchange { status settledOn }')).toEqual({ exchange: { status: 'CANCELLED', settledOn: null }, userErrors: [] });
  await settle('2026-11-23');
  expect(await cashOf(portfolioId)).toEqual(['EUR 0: 0 settled, 0 awaited, 0 owed', 'USD 5000: 5000 settled, 0 awaited, 0 owed']);
  const { exchange: late } = await exchange(portfolioId);
  await settle('2026-11-23');
  const before = await nowKnown();
  const request = { exchangeId: late.id, idempotencyKey: newId('key') };
  await takeBack('cancelCurrencyExchange', request, 'exchange { id }', 'cor_late');
  expect(await takeBack('cancelCurrencyExchange', request, 'exchange { status }')).toEqual({ exchange: { status: 'CANCELLED' }, userErrors: [] });
  expect((await takeBack('cancelCurrencyExchange', { exchangeId: late.id }, 'exchange { id }')).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['exchangeId'] }]);
  expect((await takeBack('cancelCurrencyExchange', { exchangeId: newId('fxd') }, 'exchange { id }')).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect((await takeBack('cancelCurrencyExchange', { exchangeId: late.id, reason: ' ' }, 'exchange { id }')).userErrors).toMatchObject([{ code: 'INVALID', path: ['reason'] }]);
  expect(await cashOf(portfolioId)).toEqual(['EUR 0: 0 settled, 0 awaited, 0 owed', 'USD 5000: 5000 settled, 0 awaited, 0 owed']);
  expect(await cashOf(portfolioId, '(asOf: "2026-11-19")')).toEqual(['EUR 0: 0 settled, 0 awaited, 0 owed', 'USD 5000: 5000 settled, 0 awaited, 0 owed']);
  expect(await cashOf(portfolioId, `(knownAt: "${before}")`)).toEqual(['EUR 1000: 1000 settled, 0 awaited, 0 owed', 'USD 3900: 3900 settled, 0 awaited, 0 owed']);
  const { rows } = await door.database.query<{ day: string; kind: string }>(
    `select e.effective_on::text as day, o.kind from transactional.journal_entry e join transactional.journal_entry o on o.id = e.reverses where e.portfolio_id = $1 and e.correlation_id = 'cor_late' order by e.number`, [portfolioId]);
  expect(rows).toEqual([{ day: '2026-11-20', kind: 'CURRENCY_SETTLED' }, { day: '2026-11-18', kind: 'CURRENCY_EXCHANGED' }]);
  const told = (await door.told()).filter(({ key, correlationId }) => key === portfolioId && correlationId === 'cor_late').map(({ data }) => data);
  expect(told).toMatchObject([{ kind: 'CURRENCY_EXCHANGE', currency: 'USD', amount: '1100', balance: '5000', effectiveDate: '2026-11-18' }, { kind: 'CURRENCY_EXCHANGE', currency: 'EUR', amount: '-1000', balance: '0' }]);
  // the list at a moment: from the facts, in the same order and pages as now
  const shown = async (args: string) => (await exchangesOf(portfolioId, args)).edges.map(({ node }: { node: unknown }) => node);
  expect(await shown('')).toEqual([{ id: late.id, status: 'CANCELLED', settledOn: null }, { id: early.id, status: 'CANCELLED', settledOn: null }]);
  expect(await shown(`(knownAt: "${before}")`)).toEqual([{ id: late.id, status: 'SETTLED', settledOn: '2026-11-20' }, { id: early.id, status: 'CANCELLED', settledOn: null }]);
  expect(await shown(`(knownAt: "${before}", asOf: "2026-11-19", first: 1)`)).toEqual([{ id: late.id, status: 'PENDING', settledOn: null }]);
  expect(await shown('(asOf: "2026-11-17")')).toEqual([]);
  const first = await exchangesOf(portfolioId, `(knownAt: "${before}", first: 1)`);
  expect(first.pageInfo.hasNextPage).toBe(true);
  expect(await shown(`(knownAt: "${before}", first: 1, after: "${first.edges[0].cursor}")`)).toMatchObject([{ id: early.id }]);
  expect(await shown(`(knownAt: "${before}", last: 1)`)).toMatchObject([{ id: early.id }]);
});

test('a deposit, a withdrawal and a fee that were booked by mistake are taken back from their own days, once', async () => {
  const portfolioId = await at.open();
  const money = { amount: '500', currency: 'USD' };
  const booked = async (name: string, input: Record<string, unknown>): Promise<string> => (await door.ask(
    `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { movementId userErrors { message } } }`, { input: { portfolioId, idempotencyKey: newId('key'), ...input } })).data[name].movementId;
  const deposit = await booked('depositCash', { amount: money, effectiveDate: '2026-11-02' });
  const withdrawal = await booked('withdrawCash', { amount: { amount: '200', currency: 'USD' } });
  const fee = await booked('bookCashItem', { item: 'FEE', amount: { amount: '10', currency: 'USD' }, effectiveDate: '2026-11-03' });
  const before = await nowKnown();
  expect(await takeBack('reverseCashMovement', { movementId: fee }, 'cash { balance { amount } }')).toEqual({ cash: { balance: { amount: '300' } }, userErrors: [] });
  await takeBack('reverseCashMovement', { movementId: withdrawal }, 'cash { balance { amount } }');
  const request = { movementId: deposit, idempotencyKey: newId('key') };
  expect(await takeBack('reverseCashMovement', request, 'cash { balance { amount } }', 'cor_deposit')).toEqual({ cash: { balance: { amount: '0' } }, userErrors: [] });
  expect(await takeBack('reverseCashMovement', request, 'cash { balance { amount } }')).toEqual({ cash: { balance: { amount: '0' } }, userErrors: [] });
  expect((await takeBack('reverseCashMovement', { movementId: deposit }, 'cash { currency }')).userErrors).toMatchObject([{ code: 'CONFLICT', path: ['movementId'] }]);
  expect(await cashOf(portfolioId, '(asOf: "2026-11-02")')).toEqual(['USD 0: 0 settled, 0 awaited, 0 owed']);
  expect(await cashOf(portfolioId, `(knownAt: "${before}")`)).toEqual(['USD 290: 290 settled, 0 awaited, 0 owed']);
  // external flows are told of again with the other sign, on their own day: performance is measured as if they had never been
  const told = (await door.told()).filter(({ key, correlationId }) => key === portfolioId && correlationId === 'cor_deposit').map(({ data }) => data);
  expect(told).toMatchObject([{ kind: 'DEPOSIT', amount: '-500', effectiveDate: '2026-11-02', balance: '0' }]);
  expect((await door.ask(`mutation ($input: ReverseCashMovementInput!) { reverseCashMovement(input: $input) { userErrors { code } } }`,
    { input: { movementId: fee, reason: 'x', idempotencyKey: newId('key') } }, { as: principal({ organizationId: 'org_other' }) })).data.reverseCashMovement.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
});

test('the others hear of both currencies', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '2000', { effectiveDate: '2026-11-01' });
  await exchange(portfolioId);
  const moved = (await door.told()).filter(({ key, type }) => key === portfolioId && type === 'transactional.cash-moved.v1').map(({ data }) => data);
  expect(moved.slice(1)).toMatchObject([
    { kind: 'CURRENCY_EXCHANGE', currency: 'USD', amount: '-1100', balance: '900', effectiveDate: '2026-11-18' }, { kind: 'CURRENCY_EXCHANGE', currency: 'EUR', amount: '1000', balance: '1000' },
  ]);
});

test('the same key again gets the first exchange and writes nothing; with other content it is refused', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '2000', { effectiveDate: '2026-11-01' });
  const [first, again] = await Promise.all([exchange(portfolioId, { idempotencyKey: 'once' }), exchange(portfolioId, { idempotencyKey: 'once' })]);
  expect(again.exchange.id).toBe(first.exchange.id);
  expect(await cashOf(portfolioId)).toEqual(['EUR 1000: 0 settled, 1000 awaited, 0 owed', 'USD 900: 2000 settled, 0 awaited, 1100 owed']);
  expect((await exchange(portfolioId, { idempotencyKey: 'once', bought: { amount: '999', currency: 'EUR' } })).userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT' }]);
});

test('what is not there cannot be sold; what is owed is kept back', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '1500', { effectiveDate: '2026-11-01' });
  await exchange(portfolioId);
  expect((await exchange(portfolioId)).userErrors).toEqual([{ code: 'INSUFFICIENT_FUNDS', message: '400 USD can be sold: what is settled, less what is owed', path: ['sold', 'amount'] }]);
});

test('amounts, currencies and dates that cannot be are refused with their place', async () => {
  const portfolioId = await at.open();
  const refused = async (over: Record<string, unknown>) => (await exchange(portfolioId, over)).userErrors.map(({ code, path }: { code: string; path: string[] }) => `${code} ${path.join('.')}`);
  expect(await refused({ bought: { amount: '1', currency: 'USD' } })).toEqual(['INVALID bought.currency']);
  expect(await refused({ bought: { amount: '1', currency: 'GBX' } })).toEqual(['INVALID bought.currency']);
  expect(await refused({ sold: { amount: '0', currency: 'USD' } })).toEqual(['INVALID sold.amount']);
  expect(await refused({ bought: { amount: '1.5', currency: 'JPY' } })).toEqual(['INVALID bought.amount']);
  expect(await refused({ tradeDate: '2026-11-19' })).toEqual(['INVALID tradeDate']);
  expect(await refused({ valueDate: '2026-11-17' })).toEqual(['INVALID valueDate']);
  expect(await refused({ portfolioId: newId('prt') })).toEqual(['NOT_FOUND portfolioId']);
  expect((await door.ask(EXCHANGE, { input: { portfolioId, sold: { amount: '1', currency: 'USD' }, bought: { amount: '1', currency: 'EUR' }, idempotencyKey: 'k' } },
    { as: principal({ scopes: new Set(['books:read']) }) })).codes).toEqual(['FORBIDDEN']);
});

test('a value date that has come waits while other payments have left too little settled cash', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '1100', { effectiveDate: '2026-11-01' });
  await exchange(portfolioId, { valueDate: '2026-11-19' });
  await book(portfolioId, 'FEE', '0.5');
  await settle('2026-11-20');
  expect(await cashOf(portfolioId)).toEqual(['EUR 1000: 0 settled, 1000 awaited, 0 owed', 'USD -0.5: 1099.5 settled, 0 awaited, 1100 owed']);
  await at.deposit(portfolioId, '0.5');
  await settle('2026-11-20');
  expect(await cashOf(portfolioId)).toEqual(['EUR 1000: 1000 settled, 0 awaited, 0 owed', 'USD 0: 0 settled, 0 awaited, 0 owed']);
});

test('fees, interest and taxes are booked in cash, each against its account, and told as what they are', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '100', { effectiveDate: '2026-11-01' });
  expect(await book(portfolioId, 'FEE', '12.5', { reason: 'custody, October' })).toEqual({ cash: { currency: 'USD', balance: { amount: '87.5' }, settled: { amount: '87.5' } }, userErrors: [] });
  await book(portfolioId, 'FEE_REFUND', '2.5');
  await book(portfolioId, 'INTEREST_RECEIVED', '1.07');
  await book(portfolioId, 'INTEREST_PAID', '0.07');
  await book(portfolioId, 'TAX', '3');
  expect(await book(portfolioId, 'TAX_REFUND', '1')).toMatchObject({ cash: { balance: { amount: '89' } } });
  expect(await entries(portfolioId)).toEqual([
    'FEE CASH_SETTLED -12.5 USD', 'FEE FEES 12.5 USD', 'FEE CASH_SETTLED 2.5 USD', 'FEE FEES -2.5 USD', 'INTEREST CASH_SETTLED 1.07 USD', 'INTEREST INTEREST -1.07 USD',
    'INTEREST CASH_SETTLED -0.07 USD', 'INTEREST INTEREST 0.07 USD', 'TAX CASH_SETTLED -3 USD', 'TAX TAXES 3 USD', 'TAX CASH_SETTLED 1 USD', 'TAX TAXES -1 USD',
  ]);
  const told = (await door.told()).filter(({ key, type }) => key === portfolioId && type === 'transactional.cash-moved.v1').map(({ data }) => data as { kind: string; amount: string });
  expect(told.slice(1).map(({ kind, amount }) => `${kind} ${amount}`)).toEqual(['FEE -12.5', 'FEE 2.5', 'INTEREST 1.07', 'INTEREST -0.07', 'TAX -3', 'TAX 1']);
});

test('a fee with the same key is booked once, and one that there is no cash for is booked all the same', async () => {
  const portfolioId = await at.open();
  await book(portfolioId, 'FEE', '5', { idempotencyKey: 'fee-1' });
  expect(await book(portfolioId, 'FEE', '5', { idempotencyKey: 'fee-1' })).toMatchObject({ cash: { balance: { amount: '-5' } } });
  expect(await book(portfolioId, 'TAX', '5', { idempotencyKey: 'fee-1' })).toMatchObject({ userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }] });
  expect(await cashOf(portfolioId)).toEqual(['USD -5: -5 settled, 0 awaited, 0 owed']);
  expect(await book(portfolioId, 'FEE', '0')).toMatchObject({ userErrors: [{ code: 'INVALID', path: ['amount', 'amount'] }] });
});

test('one exchange changed in the database is found, named, and mended by a rebuild', async () => {
  const portfolioId = await at.open();
  await at.deposit(portfolioId, '2000', { effectiveDate: '2026-11-01' });
  await exchange(portfolioId);
  await door.database.query('update transactional.currency_exchange set settled_on = value_on where portfolio_id = $1', [portfolioId]);
  expect((await door.subgraph.rebuild?.({ verify: true }))?.differences).toEqual([expect.stringMatching(/currency exchange fxd_.* settled 2026-11-20 is stored, the facts say .* settled –/)]);
  expect((await door.subgraph.rebuild?.({ verify: false }))?.differences).toEqual([]);
  expect((await exchange(portfolioId, { idempotencyKey: 'another', sold: { amount: '1', currency: 'USD' } })).userErrors).toEqual([]);
});
