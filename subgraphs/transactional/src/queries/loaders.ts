/** Loads by batch within one request, so that a list of portfolios or trades costs as many statements as one of them. */
import DataLoader from 'dataloader';
import type { Principal } from '@pms/identity/principal';
import { type Decimal, ZERO } from '@pms/money';
import type { Note, Reconciliation } from '../domain/custody/reconciliation.ts';
import type { Cash } from '../domain/cash.ts';
import { type TrialBalance, trialBalanceOf } from '../domain/trial-balance.ts';
import type { Lot } from '../domain/lots.ts';
import { keyOf, type PositionState } from '../domain/movement.ts';
import type { KnownClaim } from '../store/claim-reads.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { BooksStore } from '../store/books-store.ts';
import type { Traded } from '../store/gain-reads.ts';
import type { Moment } from '../store/history-reads.ts';
import type { SettlementView, VersionFact } from '../store/operations-reads.ts';
import type { HeldAt, Holding } from '../store/standing-reads.ts';
import { type BaseGains, baseGains } from './base-gains.ts';
import { type BaseLoaders, baseLoaders } from './base-loaders.ts';
import { type ClosedAt, closingsAt, instrumentFrom, tradedAt, washSalesIn, type WashSaleAt } from './closings.ts';
import { cashAt } from './cash.ts';
import { isNow } from './moment.ts';
import { perMoment } from './per-moment.ts';
import { holdingsAt, type Replay, replays } from './positions.ts';
import { settlementsThen } from './settlements-then.ts';

export interface Loaders extends BaseLoaders {
  /** By portfolio: whether the asker may see it, which only investors are asked. */
  readonly seen: DataLoader<string, boolean>;
  /** By portfolio, at a moment. */
  holdings(moment: Moment): DataLoader<string, readonly Holding[]>;
  /** Of positions as they stand now. */
  readonly openLots: DataLoader<HeldAt, readonly Lot[]>;
  cash(moment: Moment): DataLoader<string, readonly Cash[]>;
  trialBalance(moment: Moment): DataLoader<string, TrialBalance>;
  /** By portfolio, what of its positions has settled at a moment. */
  custody(moment: Moment): DataLoader<string, SettledOf>;
  /** By portfolio: positions replayed from the trades that stood at the moment. */
  replays(moment: Moment): DataLoader<string, readonly Replay[]>;
  /** By trade: what it closed; nothing of one that does not stand then, or is another organisation's. */
  closings(moment: Moment): DataLoader<string, readonly ClosedAt[]>;
  /** Closings in the base currency. */
  baseGains(moment: Moment): BaseGains;
  /** By `instrumentKey`; each by `closingKey`. */
  washSales(moment: Moment): DataLoader<string, ReadonlyMap<string, WashSaleAt>>;
  /** Null for one that is unknown or another organisation's. */
  readonly entitlement: DataLoader<string, Entitlement | null>;
  readonly reconciliation: DataLoader<string, Reconciliation | null>;
  /** Of a break. */
  readonly breakNotes: DataLoader<string, readonly Note[]>;
  /** By trade, its version that was booked last. */
  settlement(moment: Moment): DataLoader<string, SettlementView | null>;
  /** By trade, of all its versions, in order. */
  history(moment: Moment): DataLoader<string, readonly VersionFact[]>;
  claims(moment: Moment): DataLoader<string, readonly KnownClaim[]>;
}


export function loadersFor(store: BooksStore, { organizationId, investors }: Principal, now: () => Date): Loaders {
  const replaysAt = perMoment((moment) => new DataLoader<string, readonly Replay[]>(async (ids) => {
    const then = await store.tradesThen(organizationId, ids, moment);
    return ids.map((id) => { const of = then.get(id); return of === undefined ? [] : replays(of); });
  }));
  const traded = perMoment((moment) => new DataLoader<string, Traded>((keys) => tradedAt(store, { organizationId, moment, replays: replaysAt(moment) }, keys.map(instrumentFrom))));
  return {
    seen: new DataLoader(async (ids) => {
      if (investors === undefined) return ids.map(() => true);
      const own = await store.portfoliosOfInvestors(organizationId, investors, ids);
      return ids.map((id) => own.has(id));
    }),
    replays: replaysAt,
    baseGains: perMoment((moment) => baseGains({ store, organizationId, moment, traded: traded(moment) })),
    closings: perMoment((moment) => new DataLoader((ids) => closingsAt(store, { organizationId, moment, replays: replaysAt(moment) }, ids))),
    washSales: perMoment((moment) => new DataLoader(async (keys) => (await Promise.all(keys.map((key) => traded(moment).load(key)))).map(washSalesIn))),
    openLots: new DataLoader((positions) => store.openLots(organizationId, positions), { cache: false }),
    holdings: perMoment((moment) => new DataLoader((ids) => holdingsAt(store, organizationId, ids, moment))),
    cash: perMoment((moment) => new DataLoader((ids) => cashAt(store, organizationId, ids, moment))),
    trialBalance: perMoment((moment) => new DataLoader(async (ids) => {
      const found = await store.accountTotalsThen(organizationId, ids, moment);
      return ids.map((id) => trialBalanceOf((found.get(id) ?? []).map(({ account, currency, amount }) => ({ account, currency, balance: amount }))));
    })),
    ...baseLoaders(store, organizationId, now),
    custody: perMoment((moment) => new DataLoader((ids) => settledAt(store, organizationId, ids, moment))),
    entitlement: new DataLoader(async (ids) => {
      const found = await store.entitlementsNamed(organizationId, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
    reconciliation: new DataLoader(async (ids) => {
      const found = await store.reconciliations(organizationId, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
    breakNotes: new DataLoader(async (ids) => {
      const found = await store.breakNotes(organizationId, ids);
      return ids.map((id) => found.get(id) ?? []);
    }),
    settlement: perMoment((moment) => byId((ids) => (isNow(moment) ? store.settlementsOf(organizationId, ids) : settlementsThen(store, organizationId, ids, moment)), null)),
    history: perMoment((moment) => byId((ids) => store.settlementHistory(organizationId, ids, moment), [])),
    claims: perMoment((moment) => byId((ids) => (isNow(moment) ? store.claimsOf(organizationId, ids) : store.claimsThen(organizationId, ids, moment)), [])),
  };
}

const byId = <T, N>(read: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>, none: N): DataLoader<string, T | N> =>
  new DataLoader(async (ids) => {
    const found = await read(ids);
    return ids.map((id) => found.get(id) ?? none);
  });

/** What of a position is with the custodian. */
export type SettledOf = (position: Pick<PositionState, 'instrumentId' | 'currency' | 'quantity'>) => Decimal;

/** Now: what the custodian holds. At a moment: the position then, less what had not settled by then. */
async function settledAt(store: BooksStore, organizationId: string, ids: readonly string[], moment: Moment): Promise<SettledOf[]> {
  if (moment.asOf === null && moment.knownAt === null) {
    const held = await store.custody(organizationId, ids);
    return ids.map((id) => (position) => held.get(id)?.get(keyOf(position)) ?? ZERO);
  }
  const unsettled = await store.unsettledThen(organizationId, ids, moment);
  return ids.map((id) => (position) => position.quantity.minus(unsettled.get(id)?.get(keyOf(position)) ?? ZERO));
}
