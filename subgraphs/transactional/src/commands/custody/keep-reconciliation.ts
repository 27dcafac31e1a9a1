/** Keeps a reconciliation: as a new version where the account's day has one already, and with what it does to the breaks of the account. */
import { Refusal } from '@pms/errors';
import { event, type Event } from '@pms/events/envelope';
import { breakChanged, breakOpened, reconciliationCompleted } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../../context.ts';
import { type BreakChanges, breakChanges } from '../../domain/custody/breaks.ts';
import { matchedCount, type Reconciliation } from '../../domain/custody/reconciliation.ts';
import type { Posting } from '../../store/books-store.ts';

export interface Wish {
  /** The version that it is to be; the next one unless given. */
  readonly version: number | null;
  /** Compares with the books as they are now although the statement is the same. */
  readonly again: boolean;
}

const SYSTEM = 'system:transactional';

/** The id of what is kept: of the earlier one, where the same statement was compared on the same terms before. */
export async function keepReconciliation(ctx: TransactionalContext, tx: Posting, made: Reconciliation, wish: Wish): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const versions = await tx.versionsOf(made, made.statedOn);
  const same = versions.find(({ contentHash }) => contentHash === made.contentHash);
  if (same !== undefined && !wish.again) return { id: same.id, isNew: false };
  const last = versions.at(-1);
  const version = wish.version ?? (last?.version ?? 0) + 1;
  if (last !== undefined && version <= last.version)
    throw new Refusal('CONFLICT', `account ${made.account} has version ${last.version} of ${made.statedOn} already`, ['version']);
  const kept = { ...made, version };
  const latest = await tx.latestStatedOn(kept);
  await tx.insertReconciliation(kept);
  if (last !== undefined) await tx.supersede(kept.organizationId, last.id, kept.id);
  const changed = latest === null || kept.statedOn >= latest ? await changeBreaks(ctx, tx, kept) : [];
  const { id, portfolioId, custodian, account, statedOn, basis, lines } = kept;
  await tx.outbox.add([
    event(reconciliationCompleted, portfolioId, { reconciliationId: id, portfolioId, custodian, account, statedOn, basis, version, matched: matchedCount(lines), differing: lines.length - matchedCount(lines) }, ctx),
    ...changed,
  ]);
  return { id, isNew: true };
}

async function changeBreaks(ctx: TransactionalContext, tx: Posting, kept: Reconciliation): Promise<Event[]> {
  const { organizationId, comparedAt: at } = kept;
  const changes = breakChanges(await tx.standingBreaks(kept, kept.statedOn), kept.lines, kept.statedOn);
  const opened = changes.opened.map((line) => ({ id: ctx.newId('brk'), line }));
  await tx.insertBreaks(kept, opened, SYSTEM);
  for (const { break: { id }, line, changed } of changes.seen)
    await tx.seeBreak(kept, id, line, changed ? { kind: 'SEEN_AGAIN', at, actor: SYSTEM, text: `theirs ${line.theirs.toFixed()}, ours ${line.ours.toFixed()}` } : null);
  await tx.matchBreaks(organizationId, changes.matched.map(({ id }) => id), { kind: 'MATCHED', at, actor: SYSTEM, text: `the statement of ${kept.statedOn} agrees` });
  return eventsOf(ctx, kept, opened, changes);
}

function eventsOf(ctx: TransactionalContext, kept: Reconciliation, opened: readonly { readonly id: string; readonly line: BreakChanges['opened'][number] }[], { seen, matched }: BreakChanges): Event[] {
  const { portfolioId, custodian, account, statedOn } = kept;
  const changed = (breakId: string, status: 'OPEN' | 'INVESTIGATING' | 'RESOLVED', resolution: 'MATCHED' | null) =>
    event(breakChanged, portfolioId, { breakId, portfolioId, status, assignee: null, resolution }, ctx);
  return [
    ...opened.map(({ id, line }) => event(breakOpened, portfolioId, {
      breakId: id, reconciliationId: kept.id, portfolioId, custodian, account, statedOn, kind: line.result, subject: line.subject, instrumentId: line.instrumentId,
      theirs: line.theirs.toFixed(), ours: line.ours.toFixed(),
    }, ctx)),
    ...seen.filter((one) => one.changed).map((one) => changed(one.break.id, one.break.status, null)),
    ...matched.map(({ id }) => changed(id, 'RESOLVED', 'MATCHED')),
  ];
}
