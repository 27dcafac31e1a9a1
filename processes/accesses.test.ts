/** How accesses are carried to the audit trail: gathered, sent again while nobody takes them, and counted where they repeat. */
import type { Access } from '@pms/router/telemetry/access';
import { silent } from '@pms/telemetry/logger';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accessRecorder, type CountedAccess } from './accesses.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const access = (over: Partial<Access> = {}): Access => ({
  kind: 'MUTATION', at: 1, correlationId: 'cor_1', organizationId: 'org_1', actor: 'usr_1', operation: { kind: 'mutation', name: 'M', hash: 'ab' }, codes: [],
  client: { name: 'desk', version: '', address: '203.0.113.9', userAgent: null, via: 'http' }, ...over,
});
const refused = (over: Partial<Access> = {}): Access => access({ kind: 'REFUSED', codes: ['FORBIDDEN'], ...over });

test('mutations of a moment go out together, each of them', async () => {
  const sent: (readonly CountedAccess[])[] = [];
  const recorder = accessRecorder({ logger: silent, send: async (batch) => void sent.push(batch) });
  for (let n = 0; n < 3; n += 1) recorder.take(access({ correlationId: `cor_${n}` }));
  await vi.advanceTimersByTimeAsync(250);
  expect(sent.map((batch) => batch.map(({ correlationId, count }) => [correlationId, count]))).toEqual([[['cor_0', 1], ['cor_1', 1], ['cor_2', 1]]]);
  await recorder.close();
});

test('what is refused over and over is told at once, and then once a minute with how often', async () => {
  const sent: CountedAccess[] = [];
  const recorder = accessRecorder({ logger: silent, send: async (batch) => void sent.push(...batch) });
  for (let n = 0; n < 1_000; n += 1) recorder.take(refused());
  recorder.take(refused({ actor: 'usr_2' }));
  await vi.advanceTimersByTimeAsync(250);
  expect(sent.map(({ actor, count }) => [actor, count])).toEqual([['usr_1', 1], ['usr_2', 1]]);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(sent.slice(2).map(({ actor, count }) => [actor, count])).toEqual([['usr_1', 999]]);
  recorder.take(refused());
  await recorder.close();
  expect(sent.at(-1)).toMatchObject({ actor: 'usr_1', count: 1 });
});

test('while the audit domain cannot be reached, what was told is kept, and sent in order once it can', async () => {
  let away = true;
  const sent: CountedAccess[] = [];
  const recorder = accessRecorder({ logger: silent, send: async (batch) => { if (away) throw new Error('away'); sent.push(...batch); } });
  recorder.take(access({ correlationId: 'cor_a' }));
  await vi.advanceTimersByTimeAsync(5_000);
  recorder.take(access({ correlationId: 'cor_b' }));
  expect(sent).toEqual([]);
  away = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent.map(({ correlationId }) => correlationId)).toEqual(['cor_a', 'cor_b']);
  await recorder.close();
});
