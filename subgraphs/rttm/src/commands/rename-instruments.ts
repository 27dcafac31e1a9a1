/** Gives instruments the symbols and names that were announced, once their day has come. */
import { event, type Origin } from '@pms/events/envelope';
import { instrumentRenamed } from '@pms/schema/events/rttm';
import type { Market } from '../market.ts';

/** A listing that is taken leaves the instrument's symbol as it is; its name changes all the same. */
export async function applyNames(market: Pick<Market, 'store' | 'newId' | 'now'>, today: string, originOf: (organizationId: string) => Origin): Promise<void> {
  for (const due of await market.store.namesDue(today)) {
    await market.store.work(async (unit) => {
      const renamed = await unit.rename(due);
      if (renamed === null) return;
      await unit.outbox.add([event(instrumentRenamed, renamed.instrumentId, renamed, { origin: originOf(due.organizationId), newId: market.newId, now: market.now })]);
    });
  }
}
