/** What judges a run is judged first: histories with one planted anomaly each, which has to be found by its name, and sound ones, in which nothing is found. */
import { describe, expect, test } from 'vitest';
import type { Read, Violation, Write } from '../load/recorded.ts';
import { randomOf } from '../support/random.ts';
import { scheduled } from '../support/schedule.ts';
import { faults } from '../faults/all.ts';
import { judgePresence } from './acknowledged.ts';
import { auditFindings } from './books.ts';
import { judgePutAside, judgeTopic } from './events.ts';
import { judgeHistory } from './history.ts';

const write = (over: Partial<Write>): Write => ({
  kind: 'deposit', key: `k${String(over.value ?? 0)}`, by: 'w0', object: 'pf_1', value: 1, invokedAt: 0, completedAt: 1, outcome: 'acknowledged', attempts: 1, wrong: false, code: null, ...over,
});
const read = (over: Partial<Read>): Read => ({ register: 'cash', by: 'r0', object: 'pf_1', value: 0, invokedAt: 10, completedAt: 11, ...over });
const names = (violations: readonly Violation[]): string[] => [...new Set(violations.map(({ name }) => name))];
const judged = (writes: readonly Write[], ...reads: readonly Read[]): string[] => names(judgeHistory({ writes, reads }));

describe('a balance', () => {
  const paid = [write({ value: 100 }), write({ value: 30, invokedAt: 5, completedAt: null, outcome: 'unknown' }), write({ value: 7, invokedAt: 20, completedAt: 30 })];

  test('may or may not have what nobody knows the end of, and what is under way', () => {
    expect(judged(paid, read({ value: 100 }), read({ value: 130, invokedAt: 12, completedAt: 13 }), read({ value: 137, invokedAt: 21, completedAt: 22 }))).toEqual([]);
  });
  test('without an acknowledged deposit is a lost update', () => expect(judged(paid, read({ value: 30 }))).toEqual(['lost update']));
  test('that its own writer does not find is named so', () => expect(judged(paid, read({ value: 0, by: 'w0' }))).toEqual(['own write not read']));
  test('with a deposit twice is found', () => expect(judged(paid, read({ value: 200 }))).toEqual(['doubled or phantom write']));
  test('with a refused deposit is found', () => expect(judged([write({ value: 100 }), write({ value: 5, outcome: 'refused' })], read({ value: 105 }))).toEqual(['doubled or phantom write']));
  test('that goes back is found, although each reading alone could be', () => {
    expect(judged(paid, read({ value: 130 }), read({ value: 100, invokedAt: 12, completedAt: 13 }))).toEqual(['non-monotonic read']);
  });
  test('of two readings that overlap may be seen in either order', () => {
    expect(judged(paid, read({ value: 130, completedAt: 15 }), read({ value: 100, invokedAt: 12, completedAt: 13 }))).toEqual([]);
  });
});

describe('a name', () => {
  const named = [1, 2, 3].map((value) => write({ kind: 'rename', value, invokedAt: value * 10, completedAt: value * 10 + 5 }));
  const shown = (value: number, at: number, by = 'r0'): Read => read({ register: 'name', value, invokedAt: at, completedAt: at + 1, by });

  test('that follows its writer is sound', () => expect(judged(named, shown(0, 5), shown(1, 12), shown(1, 18), shown(2, 22), shown(3, 40))).toEqual([]));
  test('older than what was acknowledged is a lost update', () => expect(judged(named, shown(1, 27))).toEqual(['lost update']));
  test('older than its own writer wrote is named so', () => expect(judged(named, shown(1, 27, 'w0'))).toEqual(['own write not read']));
  test('that goes back while a write is under way is found', () => expect(judged(named, shown(2, 21), shown(1, 23))).toEqual(['non-monotonic read']));
  test('that nobody wrote is found', () => expect(judged(named, shown(9, 40))).toEqual(['phantom read']));
  test('from before it was written is found', () => expect(judged(named, shown(3, 22))).toEqual(['phantom read']));
  test('that was sent twice may come back', () => {
    expect(judged(named.map((one) => (one.value === 1 ? { ...one, attempts: 2 } : one)), shown(2, 27), shown(1, 28))).toEqual([]);
  });
});

describe('the versions of a trade', () => {
  const versions = [
    write({ kind: 'capture', object: 'trd_1', value: 5, invokedAt: 0, completedAt: 2 }), write({ kind: 'amend', object: 'trd_1', value: 105, invokedAt: 10, completedAt: 12 }),
    write({ kind: 'amend', object: 'trd_1', value: 205, invokedAt: 20, completedAt: 22 }),
  ];
  const shown = (value: readonly number[], at: number): Read => read({ register: 'versions', object: 'trd_1', value, invokedAt: at, completedAt: at + 1 });

  test('that grow as they were acknowledged are sound', () => expect(judged(versions, shown([5], 3), shown([5, 105], 11), shown([5, 105, 205], 30))).toEqual([]));
  test('without an acknowledged one are a lost update', () => expect(judged(versions, shown([5, 205], 30))).toEqual(['lost update']));
  test('with one twice are found', () => expect(judged(versions, shown([5, 105, 105], 15))).toEqual(['doubled append']));
  test('with one that nobody wrote are found', () => expect(judged(versions, shown([5, 7], 5))).toEqual(['phantom append']));
  test('that two readings have in another order are found', () => {
    expect(judged(versions, shown([5, 105, 205], 30), shown([5, 205, 105], 32))).toEqual(['incompatible order']);
  });
  test('of two readings that overlap may be fewer in either', () => expect(judged(versions, shown([5, 105], 11), shown([5], 11.5))).toEqual([]));
  test('that become fewer after they were shown are found', () => {
    const slow = versions.map((one) => (one.value === 105 ? { ...one, completedAt: 50 } : one)).slice(0, 2);
    expect(judged(slow, shown([5, 105], 11), shown([5], 13))).toEqual(['non-monotonic read']);
  });
});

describe('what is there in the end', () => {
  const acknowledged = write({ kind: 'capture', key: 'a', object: 'trd_1' });
  const there = (...ids: readonly string[]): ReadonlyMap<string, readonly string[]> => new Map([['a', ids]]);

  test('is each acknowledged mutation once', () => expect(judgePresence([acknowledged], there('trd_1'))).toEqual([]));
  test('names what is lost', () => expect(names(judgePresence([acknowledged], there()))).toEqual(['lost']));
  test('names what is doubled', () => expect(names(judgePresence([acknowledged], there('trd_1', 'trd_2')))).toEqual(['doubled']));
  test('names what has another id than was acknowledged', () => expect(names(judgePresence([acknowledged], there('trd_2')))).toEqual(['another than was acknowledged']));
  test('names what was refused and is there', () => expect(names(judgePresence([{ ...acknowledged, outcome: 'refused' }], there('trd_1')))).toEqual(['present although refused']));
  test('may have what nobody knows the end of, and not twice', () => {
    const unknown = { ...acknowledged, outcome: 'unknown' as const };
    expect([judgePresence([unknown], there()), judgePresence([unknown], there('trd_1'))]).toEqual([[], []]);
    expect(names(judgePresence([unknown], there('trd_1', 'trd_2')))).toEqual(['doubled']);
  });
  test('names what had to be refused and was accepted', () => expect(judged([write({ wrong: true })])).toEqual(['accepted what is wrong']));
});

describe('the audit trail', () => {
  const holds = 'org_demo  4760 entries, the chain holds\n';
  const named = (id: string): string => `org_poison  EVENT_FORGED: entry 1 tells of ${id}, which trade-capture never said\n`;

  test('names each forged event, and nothing else', () => expect(auditFindings(holds + named('evt_a'), new Set(['evt_a']))).toEqual([]));
  test('that does not name one is found', () => expect(names(auditFindings(holds, new Set(['evt_a'])))).toEqual(['a forged event is not named']));
  test('that names one which nobody forged is found', () => expect(names(auditFindings(holds + named('evt_b'), new Set()))).toEqual(['pms audit verify finds damage']));
  test('with a chain that does not hold is found', () => {
    expect(names(auditFindings(`${holds}org_demo  ENTRY_CHANGED: entry 7 is not what was recorded\n`, new Set()))).toEqual(['pms audit verify finds damage']);
  });
});

describe('a topic', () => {
  const told = [1, 2, 3].map((seq) => ({ seq: String(seq), id: `evt_${String(seq)}`, key: 'pf_1' }));
  const placed = (...ids: readonly number[]) => ids.map((id) => ({ id: `evt_${String(id)}`, key: 'pf_1', partition: 0 }));

  test('may have events again, once each has been there in order', () => expect(judgeTopic('portfolio', told, placed(1, 2, 1, 3, 2))).toEqual([]));
  test('names the event that is missing', () => expect(names(judgeTopic('portfolio', told, placed(1, 3)))).toEqual(['event not on its topic']));
  test('names the event that overtook another', () => expect(names(judgeTopic('portfolio', told, placed(1, 3, 2)))).toEqual(['events out of order']));
  test('names the key that is on two partitions', () => {
    expect(names(judgeTopic('portfolio', told, [...placed(1, 2), { id: 'evt_3', key: 'pf_1', partition: 1 }]))).toEqual(['key on two partitions']);
  });
});

describe('what is no event', () => {
  const at = (...offsets: readonly number[]) => offsets.map((offset) => ({ at: `pms.events.rttm 0 ${String(offset)}` }));
  const put = (...offsets: readonly number[]) => offsets.map((offset) => ({ place: `pms.events.rttm 0 ${String(offset)}` }));

  test('may be put aside more than once', () => expect(judgePutAside('audit', at(3, 7), put(3, 7, 7))).toEqual([]));
  test('and is not put aside is found', () => expect(names(judgePutAside('audit', at(3, 7), put(3)))).toEqual(['poison not put aside']));
  test('is not what nobody poisoned, which is found where it was put aside', () => expect(names(judgePutAside('audit', at(3), put(3, 8)))).toEqual(['put aside without a reason']));
});

test('a seed gives the same schedule again, another seed another one, and every kind comes before any comes twice', () => {
  const plan = (seed: number) => scheduled(randomOf(seed).fork('faults'), faults, 120_000).map(({ atMs, fault, random }) => [atMs, fault.name, random.next()]);
  expect(plan(7)).toEqual(plan(7));
  expect(plan(7)).not.toEqual(plan(8));
  expect(new Set(plan(7).slice(0, faults.length).map(([, name]) => name)).size).toBe(faults.length);
});
