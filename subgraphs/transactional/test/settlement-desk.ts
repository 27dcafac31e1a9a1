/** Books whose clock a test sets, with trades that were due on 2026-11-19 or failed on it: where operations wait for what a settlement does by itself. */
import { type FrontDoor, frontDoor } from '@pms/testing/front-door';
import { afterEach, expect } from 'vitest';
import { transactionalSubgraph } from '../src/subgraph.ts';
import { type Operations, operations } from './settlements.ts';
import { tradeIdOf, type TradeOver, validated, type World, world } from './world.ts';

/** What the timer does by itself comes within this. */
export const BY_ITSELF = { timeout: 20_000 } as const;
/** A day after the contractual date. */
const TODAY = new Date('2026-11-20T15:00:00Z');

export interface Desk {
  /** Once, before the first test. */
  open(): Promise<{ readonly door: FrontDoor; readonly w: World; readonly ops: Operations }>;
  /** From now on it is then; behind each test it is 2026-11-20 again, and the books are proved. */
  now(at: string): void;
  booked(portfolio: string, over?: TradeOver): Promise<string>;
  failed(portfolio: string, over?: TradeOver): Promise<string>;
  startTimer(): Promise<void>;
  /** The timer begins buy-ins by itself. */
  buyingIn(tradeId: string): Promise<void>;
}

/** Called where tests are described. */
export function settlementDesk(): Desk {
  let now = TODAY;
  let opened: { readonly door: FrontDoor; readonly w: World; readonly ops: Operations } | undefined;
  let started = false;
  const here = () => opened ?? expect.unreachable();
  afterEach(async () => {
    expect(await here().ops.verify()).toEqual([]);
    now = TODAY;
  });
  async function booked(portfolio: string, over: TradeOver = {}): Promise<string> {
    const event = validated(portfolio, here().w.instrumentId, { tradeDate: '2026-11-18', ...over });
    await here().door.hear(event);
    return tradeIdOf(event);
  }
  async function startTimer(): Promise<void> {
    if (!started) await here().door.subgraph.start?.();
    started = true;
  }
  return {
    async open() {
      const door = await frontDoor(transactionalSubgraph, { now: () => now });
      opened = { door, w: await world(door), ops: operations(door) };
      return opened;
    },
    now: (at) => void (now = new Date(at)),
    booked, startTimer,
    async failed(portfolio, over) {
      const tradeId = await booked(portfolio, over);
      await here().ops.run('failSettlement', { tradeId, code: 'COUNTERPARTY_FAILED', reason: 'no securities were delivered' });
      return tradeId;
    },
    async buyingIn(tradeId) {
      await startTimer();
      await expect.poll(async () => (await here().ops.of(tradeId)).status, BY_ITSELF).toBe('BUYING_IN');
    },
  };
}
