/** Consistency tokens: what a change says it wrote, what of it a domain has still to handle, and what it wrote because of it. */
import { consequencesOf } from '@pms/events/consequences';
import { eventsOfToken, gatherToken, unhandled } from '@pms/events/consistency';
import { tokenOf, tokenText } from '@pms/events/consistency-token';
import type { Event } from '@pms/events/envelope';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fact, world, type World } from './world.ts';

const ID = '01kb2c3d4e5f6g7h8j9k0m1n2p';
let w: World;
beforeEach(async () => { w = await world(); });
afterEach(() => w.end());

const writer = { organizationId: 'org_1', correlationId: 'req_1' };
const write = (...events: Event[]): Promise<void> => w.north((unit) => unit.outbox.add(events));
const namedBy = (token: string | null): string[] => (eventsOfToken(token ?? '', 'org_1') ?? []).map(({ id }) => id);

test('a token names what was committed under its correlation id: no cause’s consequence, nothing of others, nothing rolled back', async () => {
  const token = gatherToken(writer);
  const own = fact('a', 1);
  await write(own, { ...fact('a', 2), causationId: 'evt_1' }, { ...fact('a', 3), correlationId: 'req_2' }, { ...fact('a', 3), organizationId: 'org_2' });
  await w.north(async (unit) => {
    await unit.outbox.add([fact('b', 4)]);
    throw new Error('back');
  }).catch(() => undefined);
  expect(namedBy(token())).toEqual([own.id]);
  expect(gatherToken(writer)()).toBeNull();
});

test('of a type and key the last event stands for those before it, and a token stays short enough for a header', async () => {
  const token = gatherToken(writer);
  const [first, last, other] = [fact('a', 1), fact('a', 2), fact('a', 3, 'north.told.v1')];
  await write(first, last, other);
  expect(namedBy(token())).toEqual([last.id, other.id]);
  const many = gatherToken(writer);
  const all = Array.from({ length: 500 }, (_, n) => fact(`key ${n}`, n));
  await write(...all);
  const text = many() ?? '';
  expect(namedBy(text)).toEqual(all.slice(-200).map(({ id }) => id));
  expect(text.length).toBeLessThan(8_000);
});

test('a token says by which correlation id its events are known, which key they are about, and from which to which they go', async () => {
  const token = gatherToken(writer);
  const [first, last, other] = [fact('a~1,=:', 1), fact('a~1,=:', 2), fact('b', 3)];
  await write(first, fact('a~1,=:', 1), last, other);
  const text = token() ?? '';
  expect(tokenOf(text)).toEqual({
    whose: expect.any(String), correlationId: 'req_1', events: [{ type: 'north.counted.v1', id: last.id, first: first.id, key: 'a~1,=:' }, { type: 'north.counted.v1', id: other.id, key: 'b' }],
  });
  expect(tokenText(tokenOf(text) ?? { whose: '', correlationId: null, events: [] })).toBe(text);
  expect(tokenOf(text.replace('~by=req_1', ''))).toMatchObject({ correlationId: null });
  for (const by of ['~by=', '~by=req_1~by=req_2', '~by=req 1']) expect(tokenOf(text.replace('~by=req_1', by)), by).toBeNull();
});

const hearing = { name: 'south-west', reactions: [{ type: 'north.counted.v1', react: (): Promise<void> => Promise.resolve() }] };
const followed = (key: string, causationId: string | null, type = 'south-west.told.v1') => ({ ...fact(key, 0, type), causationId });

test('what a domain wrote because of events is found between where they were handled and the end of that, whatever others wrote meanwhile', async () => {
  const [one, two, three] = [fact('a', 1), fact('a', 2), fact('b', 3)];
  const [cause, elsewhere] = [followed('a', one.id), followed('z', 'evt_other')];
  await w.southWest((unit) => unit.outbox.add([followed('a', null), { ...elsewhere, correlationId: 'req_2' }]));
  await w.southWest(async (unit) => {
    await unit.firstSights([one.id]);
    await unit.outbox.add([cause, { ...followed('a', 'evt_other'), correlationId: 'req_2' }]);
  });
  const [later, made, refused] = [followed('a', two.id), followed('a', two.id), followed('a', two.id, 'south-west.refused.v1')];
  const last = { ...made, id: `${made.id.slice(0, -1)}1` };
  await w.southWest(async (unit) => {
    await unit.firstSights([two.id, three.id]);
    await unit.outbox.add([later, last, refused]);
  });
  const clock = { ...followed('a', null), id: `${last.id.slice(0, -1)}0` };
  await w.southWest((unit) => unit.outbox.add([clock]));
  const found = (events: Parameters<typeof consequencesOf>[2]['events'], behind?: Parameters<typeof consequencesOf>[3]) => consequencesOf(w.database, hearing, { correlationId: 'req_1', events }, behind);
  const type = 'north.counted.v1';
  expect(await found([{ type, id: two.id, first: one.id }])).toEqual([
    { type: 'south-west.told.v1', key: 'a', first: cause.id, id: last.id }, { type: 'south-west.refused.v1', key: 'a', id: refused.id },
  ]);
  expect(await found([{ type, id: two.id }])).toMatchObject([{ id: last.id, first: later.id }, { id: refused.id }]);
  expect(await found([{ type: 'north.unheard.v1', id: one.id }])).toEqual([]);
  expect(await found([{ type, id: fact('a', 9).id }]), 'not handled yet').toEqual([]);
  const measured = followed('b', null, 'south-west.measured.v1');
  await w.southWest((unit) => unit.outbox.add([measured, followed('c', null, 'south-west.measured.v1')]));
  expect(await found([{ type, id: three.id }], { type: 'south-west.measured.v1', keys: ['b'] })).toContainEqual({ type: 'south-west.measured.v1', key: 'b', id: measured.id });
  expect(await found([{ type, id: three.id }], { type: 'south-west.measured.v1', keys: ['b'] })).not.toContainEqual(expect.objectContaining({ key: 'c' }));
});

test('a domain has still to handle what it hears and has no record of', async () => {
  const token = gatherToken(writer);
  const [counted, told, skipped] = [fact('a', 1), fact('a', 2, 'north.told.v1'), fact('a', 3, 'north.skipped.v1')];
  await write(counted, told, skipped);
  const awaited = eventsOfToken(token() ?? '', 'org_1') ?? [];
  const react = (): Promise<void> => Promise.resolve();
  const domain = { name: 'south-west', reactions: [{ type: 'north.counted.v1', react }, { type: 'north.skipped.v1', unrecorded: true, react }] };
  expect((await unhandled(w.database, domain, awaited)).map(({ id }) => id)).toEqual([counted.id]);
  await w.southWest(async (unit) => void (await unit.firstSight(counted.id)));
  expect(await unhandled(w.database, domain, awaited)).toEqual([]);
});

test('a token is the organisation’s that it was made for, and what is none is none', async () => {
  const token = gatherToken(writer);
  await write(fact('a', 1));
  const text = token() ?? '';
  expect(eventsOfToken(text, 'org_1')).toHaveLength(1);
  expect(eventsOfToken(text, 'org_2')).toBeNull();
  const [head = '', named = ''] = text.split('~');
  const ids = Array.from({ length: 1_001 }, () => ID).join();
  for (const rest of ['', '~', '~north.counted.v1', `~north=${ID}`, "~north.counted.v1=' or true", `~north.counted.v1=${ID}=${ID}`, `~north.counted.v1=${ids}`]) expect(eventsOfToken(head + rest, 'org_1'), rest).toBeNull();
  for (const other of ['', '1', `2${head.slice(1)}`, `${head}x`]) expect(eventsOfToken(`${other}~${named}`, 'org_1'), other).toBeNull();
});
