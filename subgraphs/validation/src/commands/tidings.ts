/**
 * What rules rest on that others tell: cash and units of the portfolio, which the books move without a trade, and closes. Whoever is spoken against has to be so by all that was
 * written until then, and what was written may still be on its way: between domains nothing else says in which order it comes.
 */
import type { Awaited } from '@pms/events/consistency-token';
import type { Event } from '@pms/events/envelope';
import type { About, Newest, Tidings } from '@pms/events/newest';
import { pricesRecorded } from '@pms/schema/events/rttm';
import { cashMoved, corporateActionApplied, corporateActionReversed } from '@pms/schema/events/transactional';
import type { RuleKind } from '../domain/rule.ts';
import type { LockedPortfolio } from '../store/records.ts';
import type { ValidationWrites } from '../store/writes.ts';

/** Kinds of cash movement that are of trades, which count by themselves. */
export const OF_TRADES = ['TRADE', 'REVERSAL', 'SETTLEMENT'] as const;

/** Their publishers keep an index for each, under the same condition (prisma/<publisher>/migrations/0510). */
export const BOOKS: Tidings = { publisher: 'transactional', types: [cashMoved.name, corporateActionApplied.name, corporateActionReversed.name], except: { field: 'kind', values: OF_TRADES } };
export const CLOSES: Tidings = { publisher: 'rttm', types: [pricesRecorded.name] };

/** All others look at what is this domain's own, or never changes. */
const onBooks: ReadonlySet<RuleKind> = new Set<RuleKind>(['SUFFICIENT_CASH', 'NO_SHORT_SELLING', 'MAX_POSITION_WEIGHT', 'UCITS_5_10_40']);
const onCloses: ReadonlySet<RuleKind> = new Set<RuleKind>(['PRICE_TOLERANCE', 'MAX_POSITION_WEIGHT', 'UCITS_5_10_40']);

/** Rules that speak about trades of a portfolio. */
export interface Doubt {
  readonly portfolio: Pick<LockedPortfolio, 'id' | 'organizationId'>;
  readonly kinds: readonly RuleKind[];
  /** Those whose closes were looked at. */
  readonly instrumentIds: readonly string[];
}

export const restsOnBooks = ({ kinds }: Pick<Doubt, 'kinds'>): boolean => kinds.some((kind) => onBooks.has(kind));
export const restsOnCloses = ({ kinds }: Pick<Doubt, 'kinds'>): boolean => kinds.some((kind) => onCloses.has(kind));

export interface Asking {
  readonly newest: Newest | undefined;
  /** The key of the event at hand; null where none is. */
  readonly inOrderWith: string | null;
  /** Events that are handled in this transaction, and do not count yet. */
  readonly behind: readonly { readonly id: string }[];
}

/** What was written and is not counted. Of a portfolio's events the last stands for all before it: they come in order. */
export async function notHeard(tx: Pick<ValidationWrites, 'notHandled'>, { portfolio: { id, organizationId }, kinds, instrumentIds }: Doubt, { newest, inOrderWith, behind }: Asking): Promise<readonly Awaited[]> {
  const asked: About[] = [
    ...(restsOnBooks({ kinds }) ? [{ of: BOOKS, organizationId, keys: [id] }] : []),
    ...(restsOnCloses({ kinds }) ? [{ of: CLOSES, organizationId, keys: instrumentIds }] : []),
  ];
  return unheard(tx, asked, { newest, inOrderWith, behind });
}

/** A trade may be allowed by half of the news, too: what moved cash and units before it was captured has to be heard first. */
export const notHeardBefore = (tx: Pick<ValidationWrites, 'notHandled'>, trade: Event, { portfolio: { id, organizationId }, kinds }: Omit<Doubt, 'instrumentIds'>, asking: Asking): Promise<readonly Awaited[]> =>
  unheard(tx, restsOnBooks({ kinds }) ? [{ of: BOOKS, organizationId, keys: [id], before: trade }] : [], asking);

async function unheard(tx: Pick<ValidationWrites, 'notHandled'>, asked: readonly About[], { newest, inOrderWith, behind }: Asking): Promise<readonly Awaited[]> {
  if (newest === undefined || asked.length === 0) return [];
  const written = await newest(asked, inOrderWith);
  if (written.length === 0) return [];
  const missing = new Set(await tx.notHandled(written));
  return written.filter((event) => missing.has(event) || behind.some((later) => later.id === event.id));
}
