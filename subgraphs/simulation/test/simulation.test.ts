/** The simulation domain through its front door, with its real worker thread. */
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { pricesRecorded } from '@pms/schema/events/rttm';
import { cashMoved, tradeBooked } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard, principal } from '@pms/testing/front-door';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { simulationSubgraph } from '../src/subgraph.ts';

let door: FrontDoor;
beforeEach(async () => {
  door = await frontDoor(simulationSubgraph);
  await door.hear(...told());
});
afterEach(() => door.close());

const day = (n: number): string => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10);
const prices = (count: number) => heard(pricesRecorded, 'ins_a', {
  instrumentId: 'ins_a', currency: 'USD', prices: Array.from({ length: count }, (_, n) => ({ date: day(n), close: String(100 + (n % 7)), simulated: n > 50 })),
});
const cash = (amount: string, currency = 'USD') => heard(cashMoved, 'prt_1', {
  portfolioId: 'prt_1', kind: 'DEPOSIT', currency, amount, effectiveDate: day(0), balance: amount, settled: amount, tradeId: null,
});
const told = () => [
  heard(portfolioCreated, 'prt_1', { portfolioId: 'prt_1', name: 'Growth', baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }),
  prices(100), cash('500'),
  heard(tradeBooked, 'prt_1', {
    tradeId: 'trd_1', version: 1, portfolioId: 'prt_1', instrumentId: 'ins_a', side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: day(1), fees: [], externalId: null,
    capturedAt: `${day(1)}T10:00:00.000Z`, contractualSettlementDate: day(2), netAmount: '-1000', realizedPnl: '0',
    position: { instrumentId: 'ins_a', quantity: '10', costBasis: '1000', averageCost: '100', realizedPnl: '0', currency: 'USD' },
  }),
];

const START = `mutation ($input: StartSimulationInput!) { startSimulation(input: $input) { simulation { id status seed portfolio { id } simulated } userErrors { code message path } } }`;
const RESULT = `id status progress failure finishedAt result { startValue { amount currency } meanTerminalValue { amount } probabilityOfLoss quantiles { probability value { amount } } risk { confidence valueAtRisk { amount } } fan { day median { amount } } }`;
const start = async (over: object = {}, as = principal()) =>
  (await door.ask(START, { input: { portfolioId: 'prt_1', horizonDays: 20, paths: 2000, seed: 7, idempotencyKey: 'k-1', ...over } }, { as })).data.startSimulation;

async function ended(id: string): Promise<{ last: any; statuses: string[] }> {
  const statuses: string[] = [];
  let last: any;
  for await (const { data } of await door.subscribe(`subscription ($id: ID!) { simulationProgress(id: $id) { ${RESULT} } }`, { id })) {
    last = data?.['simulationProgress'];
    statuses.push(last.status);
  }
  return { last, statuses };
}

test('a simulation runs by itself, is followed to its end, and the same seed gives the same figures', async () => {
  await door.subgraph.start?.();
  const { simulation, userErrors } = await start();
  expect(userErrors).toEqual([]);
  expect(simulation).toMatchObject({ seed: 7, portfolio: { id: 'prt_1' }, simulated: true });
  const first = await ended(simulation.id);
  expect(first.last).toMatchObject({ status: 'COMPLETED', progress: 1, failure: null, result: { startValue: { amount: '1510', currency: 'USD' } } });
  expect(first.last.result.quantiles.map(({ probability }: any) => probability)).toContain(0.5);
  const again = await ended((await start({ idempotencyKey: 'k-2' })).simulation.id);
  expect(again.last.result).toEqual(first.last.result);
  expect((await door.told()).map(({ type, data }) => [type, (data as { outcome?: string }).outcome])).toEqual([
    ['simulation.simulation-started.v1', undefined], ['simulation.simulation-finished.v1', 'COMPLETED'],
    ['simulation.simulation-started.v1', undefined], ['simulation.simulation-finished.v1', 'COMPLETED'],
  ]);
});

test('while one computes, progress arrives and other questions are answered; cancelled, its worker stops', async () => {
  await door.subgraph.start?.();
  const { simulation } = await start({ paths: 200_000, horizonDays: 2_600 });
  const moves: AsyncIterator<any> = (await door.subscribe('subscription ($id: ID!) { simulationProgress(id: $id) { status progress } }', { id: simulation.id }))[Symbol.asyncIterator]();
  let progress = 0;
  while (progress === 0) progress = (await moves.next()).value.data.simulationProgress.progress;
  expect(progress).toBeLessThan(1);
  const cancel = (id: string) => door.ask('mutation ($id: ID!) { cancelSimulation(input: { simulationId: $id, reason: "wrong horizon" }) { simulation { status } userErrors { code } } }', { id });
  expect((await cancel(simulation.id)).data.cancelSimulation).toEqual({ simulation: { status: 'CANCELLED' }, userErrors: [] });
  let last: any;
  for (let next = await moves.next(); next.done !== true; next = await moves.next()) last = next.value.data.simulationProgress.status;
  expect(last).toBe('CANCELLED');
  expect((await cancel(simulation.id)).data.cancelSimulation.userErrors).toEqual([{ code: 'CONFLICT' }]);
  expect((await door.told()).at(-1)).toMatchObject({ reason: 'wrong horizon', data: { outcome: 'CANCELLED' } });
  expect((await ended((await start({ idempotencyKey: 'after' })).simulation.id)).last.status).toBe('COMPLETED');
});

test('one whose worker has died is taken over', async () => {
  const { simulation } = await start();
  await door.database.query(`update simulation.simulation set status = 'RUNNING', heartbeat_at = now() - interval '1 minute'`);
  await door.subgraph.start?.();
  expect((await ended(simulation.id)).last.status).toBe('COMPLETED');
});

test('the same key returns the first simulation; with other content it is refused', async () => {
  const { simulation } = await start();
  expect((await start()).simulation.id).toBe(simulation.id);
  expect(await start({ paths: 3000 })).toMatchObject({ simulation: null, userErrors: [{ code: 'IDEMPOTENCY_CONFLICT', path: ['idempotencyKey'] }] });
});

test.each([
  ['too many paths', { paths: 300_000 }, 'INVALID'], ['no days', { horizonDays: 0 }, 'INVALID'], ['an unknown portfolio', { portfolioId: 'prt_x' }, 'NOT_FOUND'], ['an empty key', { idempotencyKey: '' }, 'INVALID'],
])('%s is refused and starts nothing', async (_, over, code) => {
  expect(await start(over)).toMatchObject({ simulation: null, userErrors: [{ code }] });
  expect(await door.told()).toEqual([]);
});

test('a portfolio with amounts of another currency, or with too short a history, is refused with the reason', async () => {
  await door.hear(cash('5', 'EUR'));
  expect((await start()).userErrors[0].message).toBe('there is no rate from EUR to USD');
  await door.database.query('delete from simulation.cash');
  await door.database.query(`delete from simulation.close where day > '2025-01-10'`);
  expect((await start()).userErrors[0].message).toContain('9 days of prices in common');
});

test('another organisation finds neither the portfolio nor the simulation', async () => {
  const { simulation } = await start();
  const as = principal({ organizationId: 'org_other' });
  expect((await start({ idempotencyKey: 'theirs' }, as)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect(await door.ask('query ($id: ID!) { simulation(id: $id) { id } }', { id: simulation.id }, { as })).toMatchObject({ data: { simulation: null }, codes: ['NOT_FOUND'] });
  const listed = `{ _entities(representations: [{ __typename: "Portfolio", id: "prt_1" }]) { ... on Portfolio { simulations { edges { node { id } } } } } }`;
  expect((await door.ask(listed, {}, { as })).data._entities[0].simulations.edges).toEqual([]);
  expect((await door.ask(listed)).data._entities[0].simulations.edges).toEqual([{ node: { id: simulation.id } }]);
});
