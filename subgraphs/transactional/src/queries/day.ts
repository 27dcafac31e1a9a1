/** The day that prices and rates are of at the latest: the day asked for, or that of the time asked for, or today. */
import type { Day } from '../domain/days.ts';
import type { Moment } from '../store/history-reads.ts';

export const dayOf = ({ now }: { now(): Date }, { asOf, knownAt }: Moment): Day => asOf ?? knownAt?.slice(0, 10) ?? now().toISOString().slice(0, 10);
