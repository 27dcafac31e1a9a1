import { expect, test } from 'vitest';
import { chain, type ChainedEntry, emptyChain, type Head, sealHolds, sealOf } from './hash-chain.ts';
import { type Verification, verifier } from './verification.ts';

const entry = (n: number) => ({
  eventId: `evt_${n}`, type: 'trade-capture.trade-captured.v1', action: 'TRADE_CAPTURED', actor: 'usr_1', subjects: ['trd_1'],
  occurredAt: '2026-11-20T12:00:00.000Z', recordedAt: `2026-11-20T12:00:0${n}.000Z`, reason: null, correlationId: 'cor_1', causationId: null, data: { n },
});
const four = chain(emptyChain('org_1'), [entry(1), entry(2), entry(3), entry(4)]);

function verified(entries: readonly ChainedEntry[], head: Head | null = four.head): Verification {
  const verify = verifier(null);
  for (const one of entries) if (!verify.see(one)) break;
  return verify.conclude(head);
}
const changed = (index: number, over: Partial<ChainedEntry>): ChainedEntry[] => four.chained.map((one, n) => (n === index ? { ...one, ...over } : one));

test('a chain that nobody touched holds', () => {
  expect(verified(four.chained)).toMatchObject({ valid: true, entries: 4, firstBroken: null, problem: null });
});

test('chaining in one go or in parts gives the same chain', () => {
  const first = chain(emptyChain('org_1'), [entry(1)]);
  const rest = chain(first.head, [entry(2), entry(3), entry(4)]);
  expect([...first.chained, ...rest.chained]).toEqual(four.chained);
  expect(rest.head).toEqual(four.head);
});

test.each([
  ['data', { data: { n: 7 } }], ['actor', { actor: 'usr_2' }], ['time', { occurredAt: '2026-11-20T12:00:00.001Z' }], ['reason', { reason: 'because' }],
  ['subjects', { subjects: [] }], ['hash', { hash: 'f'.repeat(64) }],
])('changed %s are found at the entry that was changed', (_, over) => {
  expect(verified(changed(1, over))).toMatchObject({ valid: false, entries: 1, firstBroken: 2, problem: 'CONTENT_CHANGED' });
});

test('an entry that was changed and hashed anew breaks the link of the next', () => {
  const forged = chain({ ...emptyChain('org_1'), seq: 1, hash: four.chained[0]?.hash ?? '' }, [{ ...entry(2), actor: 'usr_2' }]).chained[0];
  expect(verified(changed(1, { ...forged }))).toMatchObject({ valid: false, firstBroken: 3, problem: 'LINK_BROKEN' });
});

test('a missing entry is found, in the middle, at the beginning and at the end', () => {
  expect(verified(four.chained.filter(({ seq }) => seq !== 2))).toMatchObject({ valid: false, firstBroken: 2, problem: 'ENTRY_MISSING' });
  expect(verified(four.chained.slice(1))).toMatchObject({ firstBroken: 1, problem: 'ENTRY_MISSING' });
  expect(verified(four.chained.slice(0, 3))).toMatchObject({ valid: false, firstBroken: 4, problem: 'TAIL_CHANGED' });
});

test('entries that somebody else added at the end are found', () => {
  const more = chain(four.head, [entry(5)]);
  expect(verified([...four.chained, ...more.chained])).toMatchObject({ valid: false, firstBroken: 5, problem: 'TAIL_CHANGED' });
});

test('time never runs backwards along a chain', () => {
  const { chained } = chain(emptyChain('org_1'), [entry(3), entry(1)]);
  expect(chained.map(({ recordedAt }) => recordedAt)).toEqual(['2026-11-20T12:00:03.000Z', '2026-11-20T12:00:03.000Z']);
});

test('a head that was set back does not carry a valid seal', () => {
  const seal = sealOf(four.head, 'key');
  expect(sealHolds(four.head, seal, 'key')).toBe(true);
  expect(sealHolds({ ...four.head, seq: 3 }, seal, 'key')).toBe(false);
  expect(sealHolds(four.head, sealOf(four.head, 'another'), 'key')).toBe(false);
});
