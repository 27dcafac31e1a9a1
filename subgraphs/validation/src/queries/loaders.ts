/** Reads that are gathered within one request: however many fields ask, the database is asked once a kind. */
import DataLoader from 'dataloader';
import type { Breach } from '../domain/breach.ts';
import type { Check } from '../domain/check.ts';
import type { Decision } from '../domain/decision.ts';
import type { AskedRun, ValidationStore } from '../store/validation-store.ts';

export interface Loaders {
  /** Empty for a trade that is unknown, another organisation's, or not checked yet. */
  readonly checks: DataLoader<AskedRun, readonly Check[], string>;
  readonly decision: DataLoader<string, Decision | null>;
  readonly breach: DataLoader<string, Breach | null>;
}

const keyOf = ({ tradeId, version }: AskedRun): string => `${tradeId} ${version ?? ''}`;

export const loadersFor = (store: ValidationStore, organizationId: string): Loaders => ({
  checks: new DataLoader(async (asked: readonly AskedRun[]) => {
    const found = new Map((await store.lastRuns(organizationId, asked)).map((run) => [keyOf(run), run.checks]));
    return asked.map((one) => found.get(keyOf(one)) ?? []);
  }, { cacheKeyFn: keyOf }),
  decision: new DataLoader(async (ids) => {
    const found = new Map((await store.decisions(organizationId, ids)).map((decision) => [decision.tradeId, decision]));
    return ids.map((id) => found.get(id) ?? null);
  }),
  breach: new DataLoader(async (ids) => {
    const found = new Map((await store.breaches(organizationId, ids)).map((breach) => [breach.id, breach]));
    return ids.map((id) => found.get(id) ?? null);
  }),
});
