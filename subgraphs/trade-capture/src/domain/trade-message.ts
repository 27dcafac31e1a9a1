/** What a subscriber hears about a trade; the trade itself is read when the news is delivered. */
export interface TradeNews {
  readonly id: string;
  readonly kind: 'CAPTURED' | 'AMENDED' | 'CANCELLED' | 'VALIDATED' | 'REJECTED' | 'PENDING_APPROVAL' | 'BOOKED' | 'SETTLED' | 'SETTLEMENT_REVERSED' | 'SETTLEMENT_FAILED';
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly version: number;
  readonly tradeId: string;
}
