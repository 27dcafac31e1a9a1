/** The trail as a data set that is given out whole: a row an entry, what is sealed stays sealed. For what a chain proves, export it with `pms audit export`. */
import { byKey, type Dataset } from '@pms/subgraph/exports';
import type { ChainedEntry } from '../domain/hash-chain.ts';
import type { AuditStore } from '../store/audit-store.ts';

const PAGE_ROWS = 1_000;
const DAY_END = 'T23:59:59.999Z';

export const trailDatasets = (store: AuditStore): readonly Dataset[] => [{
  name: 'audit-trail', meaning: 'Everything that happened, in the order in which it was recorded.', scope: 'audit:read',
  columns: ['seq', 'at', 'recorded_at', 'actor', 'action', 'type', 'reason', 'subjects', 'correlation_id', 'causation_id', 'data', 'previous_hash', 'hash'],
  takes: ['from', 'to', 'portfolioId', 'instrumentId'],
  async *pages({ organizationId, from, to, portfolioId, instrumentId }) {
    const filter = {
      from: from === null ? null : `${from}T00:00:00.000Z`, to: to === null ? null : to + DAY_END,
      // both: an entry about the one and the other
      subjects: [portfolioId, instrumentId].filter((id) => id !== null),
    };
    const read = (after: ChainedEntry | null) => store.trail(organizationId, filter, { from: after === null ? null : [String(after.seq)], backward: false, limit: PAGE_ROWS });
    for await (const page of byKey(read))
      yield page.map(({ seq, occurredAt, recordedAt, actor, action, type, reason, subjects, correlationId, causationId, data, previousHash, hash }) =>
        [String(seq), occurredAt, recordedAt, actor, action, type, reason, subjects.join(' '), correlationId, causationId, JSON.stringify(data), previousHash, hash]);
  },
}];
