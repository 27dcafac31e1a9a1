/** Which kept answers an event of the platform takes out. */
import { expect, test, vi } from 'vitest';
import type { Reaction } from '@pms/events/bus';
import type { Invalidation } from '@pms/router/cache/tags';
import type { Logger } from '@pms/telemetry/logger';
import { changesFor } from './changes-heard.ts';
import { environment } from './environment.ts';
import { changesOf, keptAnswers } from './kept-answers.ts';

const booked = {
  type: 'transactional.trade-booked.v1',
  data: { tradeId: 'trd_1', portfolioId: 'prt_1', instrumentId: 'ins_1', externalId: null, position: { instrumentId: 'ins_1', quantity: '5' } },
};

test('an event takes out what it names, once each', () => {
  expect(changesOf(booked)).toEqual([{ typename: 'Trade', id: 'trd_1' }, { typename: 'Portfolio', id: 'prt_1' }, { typename: 'Instrument', id: 'ins_1' }]);
  expect(changesOf({ type: 'validation.restricted-list-set.v1', data: { instrumentIds: ['ins_1', 'ins_2'] } }))
    .toEqual([{ typename: 'Instrument', id: 'ins_1' }, { typename: 'Instrument', id: 'ins_2' }, { typename: 'Breach' }]);
  expect(changesOf({ type: 'validation.compliance-rule-updated.v1', data: { ruleId: 'rul_1', portfolioId: null } })).toEqual([{ typename: 'ComplianceRule', id: 'rul_1' }]);
});

test('and takes it out once more when other domains have followed the event', async () => {
  vi.useFakeTimers();
  try {
    const taken: (readonly Invalidation[])[] = [];
    const reactions: Reaction[] = [];
    const router = { invalidate: async (...changes: readonly Invalidation[]) => taken.push(changes) };
    const kept = keptAnswers(router, { subscribe: (_, given) => void reactions.push(...given) });
    const event = { ...booked, id: 'evt_1', key: 'prt_1', occurredAt: '2026-01-05T10:00:00Z', organizationId: 'org_1', actor: 'usr_1', correlationId: 'c', causationId: null };
    await reactions[0]?.reactAll?.([event, event]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(taken.map((changes) => changes.length)).toEqual([6, 3]);
    kept.close();
  } finally {
    vi.useRealTimers();
  }
});

test('a router that nobody can tell of changes says so, and never that it hears; one in front of others’ subgraphs has nothing to hear', () => {
  const warnings: unknown[] = [];
  const logger = { warn: (details: unknown) => void warnings.push(details) } as unknown as Logger;
  expect(changesFor(environment({}), { seconds: 5, logger })).toBeNull();
  const changes = changesFor({ ...environment({}), subgraphUrls: new Map([['auth', 'http://127.0.0.1:9']]), kafka: null }, { seconds: 5, logger });
  expect([changes?.hears(), warnings]).toEqual([false, [{ seconds: 5 }]]);
});
