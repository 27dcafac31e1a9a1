/** What follows where trades booked earlier now realise another gain. */
import type { Origin } from '@pms/events/envelope';
import { text } from '@pms/money';
import { lotsReallocated as lotsReallocatedEvent } from '@pms/schema/events/transactional';
import { lotsReallocated } from '../domain/journal.ts';
import type { PositionChange } from '../domain/position-change.ts';
import { told } from './action-postings.ts';
import type { Ledger } from './ledger.ts';

/** Later trades whose gain has changed: securities and realised gains follow, cash does not. Those who keep gains are told. */
export function reallocate(ledger: Ledger, changes: readonly PositionChange[], origin: Origin): void {
  const regained = changes.flatMap((change) => change.regained);
  for (const { trade, gain } of regained) {
    const entry = lotsReallocated({ fill: trade.fill, change: gain.minus(trade.gain), instrumentId: trade.instrumentId });
    ledger.post(entry, { factSequence: ledger.lastFact(), version: trade.version, origin });
  }
  ledger.tell(lotsReallocatedEvent, {
    portfolioId: ledger.portfolioId, positions: changes.map(({ after }) => told(after)),
    gains: regained.map(({ trade, gain }) => ({ tradeId: trade.fill.tradeId, version: trade.version, realizedPnl: text(gain) })),
  }, origin);
}
