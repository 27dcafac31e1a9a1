/** Tells subscribers what happened to trades: after the commit, and only then. */
import type { Live } from '@pms/events/live';
import type { TradeMessage } from '@pms/schema/events/trade-capture';

export const topicOf = (portfolioId: string): string => `trade-events/${portfolioId}`;

export function announce(live: Live, messages: readonly TradeMessage[]): void {
  for (const message of messages) live.publish(topicOf(message.portfolioId), message);
}
