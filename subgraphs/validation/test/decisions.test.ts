/** Decisions about trades, through the domain's front door. */
import { type FrontDoor, frontDoor, principal } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { validationSubgraph } from '../src/subgraph.ts';
import { amended, booked, cancelled, captured, cash, decisionsOf, instrument, portfolio, projected, reversed, trade } from './world.ts';

let door: FrontDoor;
beforeEach(async () => {
  door = await frontDoor(validationSubgraph);
  await door.hear(portfolio('prt_a'), instrument('ins_acme'), instrument('ins_other'), cash('prt_a', '1000'));
});
afterEach(() => door.close());

test('a purchase that the cash covers is validated with its facts, and its checks are kept with what they were decided from', async () => {
  const facts = trade({ fees: [{ kind: 'COMMISSION', amount: { amount: '1.50', currency: 'USD' } }], quantity: '5' });
  await door.hear(captured(facts));
  expect((await door.told()).at(-1)).toMatchObject({
    type: 'validation.trade-validated.v1', key: 'prt_a', actor: 'system:validation', correlationId: 'cor_test', data: { ...facts, replaces: null, approvedBy: null },
  });
  const { data } = await door.ask(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on Trade {
    checks { rule kind ruleId outcome message inputs } decision { version outcome decidedBy } } } }`, { of: [{ __typename: 'Trade', id: facts.tradeId }] });
  expect(data._entities[0].decision).toEqual({ version: 1, outcome: 'VALIDATED', decidedBy: null });
  expect(data._entities[0].checks).toEqual([
    { rule: 'Sufficient cash', kind: 'SUFFICIENT_CASH', ruleId: null, outcome: 'PASSED', message: '498.5 USD remain',
      inputs: { currency: 'USD', available: '1000', needed: '501.5', remaining: '498.5' } },
    { rule: 'No short selling', kind: 'NO_SHORT_SELLING', ruleId: null, outcome: 'PASSED', message: '5 are held afterwards', inputs: { instrumentId: 'ins_acme', held: '0', remaining: '5' } },
    { rule: 'Restricted list', kind: 'RESTRICTED_LIST', ruleId: null, outcome: 'PASSED', message: 'not on the restricted list', inputs: { instrumentId: 'ins_acme' } },
  ]);
});

test('of two trades that together need more than there is, the second is rejected, booked or not', async () => {
  const [first, second, third] = [trade({ quantity: '6' }), trade({ quantity: '6' }), trade({ quantity: '5' })];
  await door.hear(captured(first), captured(second));
  expect(await decisionsOf(door)).toEqual(['validated 1', 'rejected 1']);
  await door.hear(booked(first, '-600'), cash('prt_a', '-600', { kind: 'TRADE', tradeId: first.tradeId }), captured(third));
  expect(await decisionsOf(door, third.tradeId)).toEqual(['rejected 1']);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '400', held: { ins_acme: '6' } });
});

test('two purchases that are decided at the same moment cannot both spend the same cash', async () => {
  const facts = [trade({ quantity: '6' }), trade({ quantity: '6' }), trade({ quantity: '6' })];
  await Promise.all(facts.map((one) => door.hear(captured(one))));
  expect((await decisionsOf(door)).toSorted()).toEqual(['rejected 1', 'rejected 1', 'validated 1']);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '400', held: { ins_acme: '6' } });
});

test('what is sold must be held; what was bought a moment ago is', async () => {
  const [short, purchase, sale] = [trade({ side: 'SELL' }), trade({ quantity: '5' }), trade({ side: 'SELL', quantity: '5', price: '120' })];
  await door.hear(captured(short), captured(purchase), captured(sale));
  expect(await decisionsOf(door)).toEqual(['rejected 1', 'validated 1', 'validated 1']);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '1100', held: {} });
});

test('captures and bookings that come by turns are decided with what was booked before them, and with no cash that comes behind', async () => {
  const [first, second, third, fourth] = [trade({ quantity: '4' }), trade({ quantity: '4' }), trade({ quantity: '4' }), trade({ quantity: '4' })];
  await door.hear(captured(first));
  await door.hear(captured(second), booked(first, '-390'), captured(third), cash('prt_a', '-390', { kind: 'TRADE', tradeId: first.tradeId }), cash('prt_a', '500'), captured(fourth));
  expect(await Promise.all([second, third, fourth].map(({ tradeId }) => decisionsOf(door, tradeId)))).toEqual([['validated 1'], ['rejected 1'], ['validated 1']]);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '310', held: { ins_acme: '12' } });
});

test('a booking puts its own figure in the place of the reservation, once', async () => {
  const facts = trade({ quantity: '5' });
  const booking = booked(facts, '-500.01');
  await door.hear(captured(facts), booking, booking);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '499.99', held: { ins_acme: '5' } });
});

test('an amendment is decided as if the version before were not there, and says which version it takes the place of', async () => {
  const facts = trade({ quantity: '8' });
  const larger = { ...facts, version: 2, quantity: '9' };
  await door.hear(captured(facts), booked(facts, '-800'), amended(larger, 1));
  expect((await door.told()).at(-1)).toMatchObject({ type: 'validation.trade-validated.v1', data: { version: 2, replaces: 1 } });
  expect(await projected(door, 'prt_a')).toEqual({ cash: '100', held: { ins_acme: '9' } });
  await door.hear(reversed(facts, '-800'), booked(larger, '-900'));
  expect(await projected(door, 'prt_a')).toEqual({ cash: '100', held: { ins_acme: '9' } });
});

test('a rejected amendment leaves the version before as it was; the next one replaces that', async () => {
  const facts = trade({ quantity: '8' });
  await door.hear(captured(facts), amended({ ...facts, version: 2, quantity: '11' }, 1));
  expect(await decisionsOf(door)).toEqual(['validated 1', 'rejected 2']);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '200', held: { ins_acme: '8' } });
  await door.hear(amended({ ...facts, version: 3, quantity: '1' }, 1));
  expect((await door.told()).at(-1)).toMatchObject({ data: { version: 3, replaces: 1 } });
});

test('an amendment that leaves a later sale uncovered is rejected', async () => {
  const purchase = trade({ quantity: '10' });
  await door.hear(captured(purchase), captured(trade({ side: 'SELL', quantity: '8' })), amended({ ...purchase, version: 2, quantity: '5' }, 1),
    amended({ ...purchase, version: 3, instrumentId: 'ins_other' }, 1));
  expect(await decisionsOf(door, purchase.tradeId)).toEqual(['validated 1', 'rejected 2', 'rejected 3']);
});

test('a cancelled trade gives back what it took, and its late booking and reversal change nothing', async () => {
  const facts = trade({ quantity: '8' });
  await door.hear(captured(facts), cancelled(facts), booked(facts, '-800'), reversed(facts, '-800'));
  expect(await projected(door, 'prt_a')).toEqual({ cash: '1000', held: {} });
});

test('an event heard again changes nothing', async () => {
  const facts = trade({ quantity: '4' });
  const deposit = cash('prt_a', '50');
  const capture = captured(facts);
  await door.hear(deposit, capture, capture, deposit, capture);
  expect(await decisionsOf(door)).toEqual(['validated 1']);
  expect(await projected(door, 'prt_a')).toEqual({ cash: '650', held: { ins_acme: '4' } });
});

test('checks and breaches cannot be changed or removed', async () => {
  await door.hear(captured(trade({ quantity: '11' })));
  for (const statement of ["update validation.check_run set outcome = 'VALIDATED'", 'delete from validation.check_run', 'delete from validation.breach'])
    await expect(door.database.query(statement)).rejects.toThrow(/append-only/);
});

test('a dry run says what would be decided, and reserves nothing', async () => {
  const CHECK = 'query ($input: CheckTradeInput!) { checkTrade(input: $input) { outcome checks { kind outcome } } }';
  const input = { portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '10', price: '100', currency: 'USD', fees: '0.01' };
  const { data } = await door.ask(CHECK, { input });
  expect(data.checkTrade).toEqual({
    outcome: 'REJECTED', checks: [{ kind: 'SUFFICIENT_CASH', outcome: 'FAILED' }, { kind: 'NO_SHORT_SELLING', outcome: 'PASSED' }, { kind: 'RESTRICTED_LIST', outcome: 'PASSED' }],
  });
  expect((await door.ask(CHECK, { input: { ...input, fees: '0' } })).data.checkTrade.outcome).toBe('VALIDATED');
  expect(await projected(door, 'prt_a')).toEqual({ cash: '1000', held: {} });
  expect((await door.ask(CHECK, { input }, { as: principal({ organizationId: 'org_other' }) })).codes).toEqual(['NOT_FOUND']);
});
