/** The books may refuse what the rules allowed: the trade is rejected after all, and takes nothing. */
import { bookingRefused } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validationSubgraph } from '../src/subgraph.ts';
import { amended, booked, captured, cash, decisionsOf, instrument, portfolio, projected, trade } from './world.ts';

let door: FrontDoor;
beforeAll(async () => {
  door = await frontDoor(validationSubgraph);
  await door.hear(instrument('ins_acme'));
});
afterAll(() => door.close());

const refused = (portfolioId: string, tradeId: string, version: number) =>
  heard(bookingRefused, portfolioId, { tradeId, version, portfolioId, reason: 'lot lot_x is not open' });
const DECISION = 'query ($id: ID!) { _entities(representations: [{ __typename: "Trade", id: $id }]) { ... on Trade { decision { outcome comment } } } }';

test('a trade that the books refuse is rejected with their reason, and what it took is free again', async () => {
  await door.hear(portfolio('prt_first'), cash('prt_first', '5000'));
  const facts = trade({ portfolioId: 'prt_first', lotPicks: [{ lotId: 'lot_x', quantity: '4' }] });
  await door.hear(captured(facts));
  expect(await projected(door, 'prt_first')).toEqual({ cash: '4000', held: { ins_acme: '10' } });
  expect((await door.told()).find(({ type, key }) => type === 'validation.trade-validated.v1' && key === 'prt_first')?.data).toMatchObject({ lotPicks: [{ lotId: 'lot_x', quantity: '4' }] });
  const news = refused('prt_first', facts.tradeId, 1);
  await door.hear(news);
  await door.hear(news);
  expect(await projected(door, 'prt_first')).toEqual({ cash: '5000', held: {} });
  expect(await decisionsOf(door, facts.tradeId)).toEqual(['validated 1', 'rejected 1']);
  expect((await door.ask(DECISION, { id: facts.tradeId })).data._entities[0].decision).toEqual({ outcome: 'REJECTED', comment: 'lot lot_x is not open' });
});

test('an amendment that the books refuse leaves the version before it counting', async () => {
  await door.hear(portfolio('prt_second'), cash('prt_second', '5000'));
  const facts = trade({ portfolioId: 'prt_second' });
  await door.hear(captured(facts), booked(facts, '-1000'));
  await door.hear(amended({ ...facts, version: 2, quantity: '20' }, 1));
  expect(await projected(door, 'prt_second')).toEqual({ cash: '3000', held: { ins_acme: '20' } });
  await door.hear(refused('prt_second', facts.tradeId, 2));
  expect(await projected(door, 'prt_second')).toEqual({ cash: '4000', held: { ins_acme: '10' } });
  await door.hear(amended({ ...facts, version: 3, quantity: '12' }, 1));
  expect(await projected(door, 'prt_second')).toEqual({ cash: '3800', held: { ins_acme: '12' } });
});

test('a refusal of what was replaced meanwhile, or was never allowed, changes nothing', async () => {
  await door.hear(portfolio('prt_third'), cash('prt_third', '5000'));
  const facts = trade({ portfolioId: 'prt_third' });
  await door.hear(captured(facts), amended({ ...facts, version: 2, quantity: '20' }, 1));
  await door.hear(refused('prt_third', facts.tradeId, 1), refused('prt_third', 'trd_unknown', 1));
  expect(await projected(door, 'prt_third')).toEqual({ cash: '3000', held: { ins_acme: '20' } });
});
