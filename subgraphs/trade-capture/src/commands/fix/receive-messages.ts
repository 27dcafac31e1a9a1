/** Keeps a FIX session's numbers, and what it received, in one transaction: what is counted is kept, and what is kept is counted. */
import type { TradeStore } from '../../store/trade-store.ts';
import type { FixNumbers, FixSessionKey, NewFixMessage } from '../../store/fix-store.ts';

export interface FixNews {
  readonly before: FixNumbers;
  readonly after: FixNumbers;
  readonly messages: readonly Omit<NewFixMessage, 'id'>[];
}

export interface FixContext {
  readonly store: TradeStore;
  newId(kind: string): string;
  now(): Date;
}

/** Throws where another process has the session: its numbers have moved on. */
export const receiveMessages = ({ store, newId, now }: FixContext, session: FixSessionKey, { before, after, messages }: FixNews): Promise<void> =>
  store.transaction(async (tx) => {
    if (!(await tx.fixCount(session, before, after))) throw new Error(`another process has the FIX session ${session.name}`);
    if (messages.length > 0) await tx.fixReceive(session, messages.map((message) => ({ ...message, raw: message.raw.replaceAll('\u0000', ' '), id: newId('fxm') })), now());
  });
