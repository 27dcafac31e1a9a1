/** Replays the positions that a change reaches: those it is about, and those between which actions move basis. */
import type { Action } from '../domain/action-terms.ts';
import { targetOf } from '../domain/action-terms.ts';
import { type Changes, type Movements, replayed } from '../domain/position-change.ts';
import type { Key, Place } from '../domain/movement.ts';
import type { Posting } from '../store/books-store.ts';
import type { Entitlement } from '../store/entitlements.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';

/** Positions that depend on each other. */
export interface Group {
  readonly instrumentIds: readonly string[];
  /** What stands of the actions that touch them. */
  readonly entitlements: readonly Entitlement[];
}

/** Actions reach from instrument to instrument; `added` are about to be applied. */
export async function groupOf(tx: Posting, { id }: LockedPortfolio, instrumentIds: readonly string[], added: readonly Action[] = []): Promise<Group> {
  let known = grown(new Set(instrumentIds), added);
  for (;;) {
    const entitlements = await tx.entitlementsOf(id, [...known]);
    const wider = grown(known, [...added, ...entitlements.map(({ action }) => action)]);
    if (wider.size === known.size) return { instrumentIds: [...known], entitlements };
    known = wider;
  }
}

/** With every instrument that is on the other side of one of the actions. */
export function grown(instrumentIds: ReadonlySet<string>, actions: readonly Action[]): Set<string> {
  const all = new Set(instrumentIds);
  for (let size = -1; size !== all.size;) {
    size = all.size;
    for (const { instrumentId, terms } of actions) {
      const into = targetOf(terms);
      if (into !== null && (all.has(instrumentId) || all.has(into))) all.add(instrumentId).add(into);
    }
  }
  return all;
}

/** What a replay adds to what stands, and what it leaves out. */
export interface Replay {
  /** Told of even if nothing moves them any more. */
  readonly keys: readonly Key[];
  readonly fills: Movements['fills'];
  /** Trades that are taken back. */
  readonly goneTrades: ReadonlySet<string>;
  readonly addedActions: readonly Action[];
  /** Entitlements that are taken back. */
  readonly goneActions: ReadonlySet<string>;
  /** The earliest of what comes and goes. */
  readonly from: Place;
}

export const nothing: Omit<Replay, 'from'> = { keys: [], fills: [], goneTrades: new Set(), addedActions: [], goneActions: new Set() };

export async function replayGroup(tx: Posting, portfolio: LockedPortfolio, { instrumentIds, entitlements }: Group, replay: Replay): Promise<Changes> {
  const standing = (await tx.standingTrades(portfolio.id, instrumentIds)).filter(({ fill }) => !replay.goneTrades.has(fill.tradeId));
  const kept = entitlements.map(({ action }) => action).filter(({ entitlementId }) => !replay.goneActions.has(entitlementId));
  // a position that only an action had led to is told of also when it is led to no more
  const keys = [...replay.keys, ...entitlements.flatMap(({ outcome }) => outcome.parts)];
  return replayed(keys, { standing, actions: [...kept, ...replay.addedActions], fills: replay.fills }, { method: portfolio.lotMethod, from: replay.from });
}
