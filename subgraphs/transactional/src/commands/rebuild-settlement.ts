/** What the custodian holds, worked out of positions and of what has not settled. */
import { ZERO } from '@pms/money';
import { keyOf } from '../domain/movement.ts';
import { type Difference, differences, shown } from '../domain/rebuilt.ts';
import type { Posting } from '../store/books-store.ts';
import type { KnownClaim } from '../store/claim-reads.ts';
import type { LockedPortfolio } from '../store/posting-reads.ts';
import type { CustodyChange } from '../store/settlement-writes.ts';

/** After positions and bookings: lots and positions equal what is with the custodian and what has not settled. */
export async function rebuildCustody(tx: Posting, portfolio: LockedPortfolio, verify: boolean): Promise<Difference[]> {
  const { id, organizationId } = portfolio;
  const unsettled = (await tx.unsettled(organizationId, [id])).get(id);
  const held = (await tx.everyPosition(id)).map((position): CustodyChange => ({
    instrumentId: position.instrumentId, currency: position.currency, quantity: position.quantity.minus(unsettled?.get(keyOf(position)) ?? ZERO),
  }));
  if (!verify) await tx.write(tx.custodyRows(portfolio, held));
  const stored = (await tx.custody(organizationId, [id])).get(id) ?? new Map();
  const name = (key: string): string => `custody ${key}`;
  return differences(
    new Map([...stored].filter(([, quantity]) => !quantity.isZero()).map(([key, quantity]) => [name(key), shown(quantity)])),
    new Map(held.filter(({ quantity }) => !quantity.isZero()).map((each) => [name(keyOf(each)), shown(each.quantity)])));
}

export async function rebuildClaims(tx: Posting, { id }: LockedPortfolio, verify: boolean): Promise<Difference[]> {
  if (!verify) await tx.restoreClaims(id);
  const show = (claims: readonly KnownClaim[]): Map<string, string> => new Map(claims.map((claim) => [
    `claim ${claim.id}`, shown(claim.kind, claim.amount, claim.currency, claim.status, 'raised by', claim.raisedBy, 'decided by', claim.decidedBy, 'for trade', claim.tradeId, claim.version)]));
  return differences(show(await tx.portfolioClaims(id)), show(await tx.claimsOfFacts(id)));
}
