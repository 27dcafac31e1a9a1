/** Consistency tokens: what a change says it wrote, and what of it a domain has still to handle. */
import { eventsOfToken, gatherToken, unhandled } from '@pms/events/consistency';
import type { Event } from '@pms/events/envelope';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fact, world, type World } from './world.ts';

let w: World;
beforeEach(async () => { w = await world(); });
afterEach(() => w.end());

const write = (...events: Event[]): Promise<void> => w.north((unit) => unit.outbox.add(events));
const namedBy = (token: string | null): string[] => (eventsOfToken(token ?? '') ?? []).map(({ id }) => id);

test('a token names what was committed under its correlation id: no cause’s consequence, nothing of others, nothing rolled back', async () => {
  const token = gatherToken('req_1');
  const own = fact('a', 1);
  await write(own, { ...fact('a', 2), causationId: 'evt_1' }, { ...fact('a', 3), correlationId: 'req_2' });
  await w.north(async (unit) => {
    await unit.outbox.add([fact('b', 4)]);
    throw new Error('back');
  }).catch(() => undefined);
  expect(namedBy(token())).toEqual([own.id]);
  expect(gatherToken('req_1')()).toBeNull();
});

test('of a type and key the last event stands for those before it, and a token stays short enough for a header', async () => {
  const token = gatherToken('req_1');
  const [first, last, other] = [fact('a', 1), fact('a', 2), fact('a', 3, 'north.told.v1')];
  await write(first, last, other);
  expect(namedBy(token())).toEqual([last.id, other.id]);
  const many = gatherToken('req_1');
  const all = Array.from({ length: 500 }, (_, n) => fact(`key ${n}`, n));
  await write(...all);
  const text = many() ?? '';
  expect(namedBy(text)).toEqual(all.slice(-200).map(({ id }) => id));
  expect(text.length).toBeLessThan(8_000);
});

test('a domain has still to handle what it hears and has no record of', async () => {
  const token = gatherToken('req_1');
  const [counted, told, skipped] = [fact('a', 1), fact('a', 2, 'north.told.v1'), fact('a', 3, 'north.skipped.v1')];
  await write(counted, told, skipped);
  const awaited = eventsOfToken(token() ?? '') ?? [];
  const react = (): Promise<void> => Promise.resolve();
  const domain = { name: 'south-west', reactions: [{ type: 'north.counted.v1', react }, { type: 'north.skipped.v1', unrecorded: true, react }] };
  expect((await unhandled(w.database, domain, awaited)).map(({ id }) => id)).toEqual([counted.id]);
  await w.southWest(async (unit) => void (await unit.firstSight(counted.id)));
  expect(await unhandled(w.database, domain, awaited)).toEqual([]);
});

test.each(['', '2~north.counted.v1=01kb2c3d4e5f6g7h8j9k0m1n2p', '1', '1~north.counted.v1', '1~north=01kb2c3d4e5f6g7h8j9k0m1n2p', "1~north.counted.v1=' or true", `1~north.counted.v1=${Array.from({ length: 1_001 }, () => '01kb2c3d4e5f6g7h8j9k0m1n2p').join()}`])(
  'what is no token is none: %#', (text) => expect(eventsOfToken(text)).toBeNull());
