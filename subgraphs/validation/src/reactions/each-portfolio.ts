/** Events by portfolio, behind its lock, in one transaction. */
import type { Event } from '@pms/events/envelope';
import { inStep } from '@pms/events/gathered';
import type { LockedPortfolio } from '../store/records.ts';
import type { ValidationStore } from '../store/validation-store.ts';
import type { ValidationWrites } from '../store/writes.ts';
import { unseen } from './unseen.ts';

/** Throws for a portfolio that was not told of yet: the event is delivered again. */
export async function locked(tx: ValidationWrites, { key, organizationId }: Event): Promise<LockedPortfolio> {
  const portfolio = await tx.lockPortfolio(organizationId, key);
  if (portfolio === null) throw new Error(`portfolio ${key} is not known yet`);
  return portfolio;
}

/** One transaction: each portfolio's events that were not handled before, behind its lock, side by side with those of the others. */
export const forEachPortfolio = (
  store: ValidationStore, events: readonly Event[], work: (tx: ValidationWrites, portfolio: LockedPortfolio, fresh: readonly Event[]) => Promise<void>,
): Promise<void> => store.transaction(async (tx) => {
  await inStep([...Map.groupBy(events, ({ key }) => key).values()].map(async (of) => {
    const [first] = of;
    if (first !== undefined) await work(tx, await locked(tx, first), await unseen(tx, of));
  }));
});
