/**
 * For how long what is personal in the trail can be read, and what no rule may touch: entries of the trail and checkpoints are never removed, and books are not this domain's to
 * remove. Days; whole months go at once, when the last of their days is old enough.
 */
import { invalid, Refusal } from '@pms/errors';

/** What may go. */
export const defaultDays = { CLIENT_DETAILS: 400 } as const;
export type RetentionKind = keyof typeof defaultDays;

/** What may not, and why. */
export const untouchable = {
  AUDIT_ENTRIES: 'entries of the audit trail are the evidence: they are never removed',
  CHECKPOINTS: 'checkpoints prove the audit trail: they are never removed',
  TRADES_AND_BOOKS: 'trades, facts and the journal are the books that the law asks to keep: they are never removed',
} as const;
export type Untouchable = keyof typeof untouchable;

const DAYS_MIN = 31;
const DAYS_MAX = 3_660;
const DAY_MS = 86_400_000;

/** Refuses what may not be touched, and a time that is too short to look into what happened or longer than ten years. */
export function checkedDays(kind: RetentionKind | Untouchable, days: number): { readonly kind: RetentionKind; readonly days: number } {
  if (kind in untouchable) throw new Refusal('NOT_PERMITTED', untouchable[kind as Untouchable], ['kind']);
  if (!Number.isInteger(days) || days < DAYS_MIN || days > DAYS_MAX) throw invalid(`from ${DAYS_MIN} to ${DAYS_MAX} days`, 'days');
  return { kind: kind as RetentionKind, days };
}

/** The first month that stays: `2026-11`. */
export const firstMonthKept = (now: Date, days: number): string => new Date(now.getTime() - days * DAY_MS).toISOString().slice(0, 7);
