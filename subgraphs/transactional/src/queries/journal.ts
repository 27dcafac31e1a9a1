/** A page of a portfolio's journal, the newest entry first; empty for a portfolio that is unknown or another organisation's. */
import { badInput } from '@pms/errors';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { TransactionalContext } from '../context.ts';
import type { Account, EntryKind } from '../domain/journal.ts';
import type { EntryFilter, JournalEntry } from '../store/ledger-reads.ts';

export interface JournalArgs extends PageArgs {
  readonly knownAt?: string | null | undefined;
  readonly filter?: {
    readonly kind?: readonly EntryKind[] | null | undefined;
    readonly account?: Account | null | undefined;
    readonly instrumentId?: string | null | undefined;
    readonly from?: string | null | undefined;
    readonly to?: string | null | undefined;
    readonly reference?: string | null | undefined;
    readonly correlationId?: string | null | undefined;
  } | null | undefined;
}

export async function journalOf(ctx: TransactionalContext, portfolioId: string, { filter, knownAt, ...args }: JournalArgs): Promise<Connection<JournalEntry>> {
  const page = wholeNumbers(pageOf(args));
  const rows = await ctx.store.journalPage(ctx.principal.organizationId, portfolioId, page, { ...filtered(filter ?? {}), knownAt: knownAt ?? null });
  return connectionOf(rows, page, ({ number }) => [String(number)]);
}

function filtered({ kind = null, account = null, instrumentId = null, from = null, to = null, reference = null, correlationId = null }: NonNullable<JournalArgs['filter']>): Omit<EntryFilter, 'knownAt'> {
  return { ...periodOf(from, to), kinds: kind, account, instrumentId, reference, correlationId };
}

/** Throws BAD_USER_INPUT where the first day is after the last. */
export function periodOf(from: string | null | undefined, to: string | null | undefined): { readonly from: string | null; readonly to: string | null } {
  if (from != null && to != null && from > to) throw badInput(`the period ends on ${to}, before it begins on ${from}`);
  return { from: from ?? null, to: to ?? null };
}

const NUMBER = /^\d{1,18}$/;

/** A cursor of another list has another key: it is refused, as every text that is no cursor of this one. */
function wholeNumbers<P extends { readonly from: readonly string[] | null }>(page: P): P {
  if (page.from !== null && (page.from.length !== 1 || !NUMBER.test(page.from[0] ?? ''))) throw badInput('the cursor is not one that this list gave out');
  return page;
}
