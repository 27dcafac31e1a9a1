/** What decisions are made on follows corporate actions: shares after a split can be sold, and cash of a dividend can be spent. */
import { corporateActionApplied, corporateActionReversed } from '@pms/schema/events/transactional';
import { type FrontDoor, frontDoor, heard } from '@pms/testing/front-door';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validationSubgraph } from '../src/subgraph.ts';
import { captured, cash, instrument, portfolio, projected, trade } from './world.ts';

let door: FrontDoor;
beforeAll(async () => { door = await frontDoor(validationSubgraph); });
afterAll(() => door.close());

const about = { entitlementId: 'ent_1', actionId: 'cac_1', version: 1, portfolioId: 'prt_a', positions: [] };
const moved = (quantity: string) => [{ instrumentId: 'ins_acme', currency: 'USD', quantity }];
const split = (quantity: string) => heard(corporateActionApplied, 'prt_a', {
  ...about, kind: 'SPLIT', instrumentId: 'ins_acme', exDate: '2026-01-06', payDate: null, entitled: '10', currency: 'USD', income: '0', tax: '0', capital: '0', parts: [], moved: moved(quantity),
});

test('units that a corporate action brings are held, once however often it is told, and go when it is reversed', async () => {
  await door.hear(portfolio('prt_a'), instrument('ins_acme'), cash('prt_a', '10000'), captured(trade()));
  const event = split('30');
  await door.hear(event, event);
  expect((await projected(door, 'prt_a')).held).toEqual({ ins_acme: '40' });
  await door.hear(split('5'), heard(corporateActionReversed, 'prt_a', { ...about, moved: moved('-35') }));
  expect((await projected(door, 'prt_a')).held).toEqual({ ins_acme: '10' });
});
