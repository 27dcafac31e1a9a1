/** What people do with a break: take it on, say something about it, close it with a reason. Each is noted with its actor, for good. */
import { invalid, Refusal } from '@pms/errors';
import { replaced } from '@pms/events/before';
import { event } from '@pms/events/envelope';
import { breakChanged } from '@pms/schema/events/transactional';
import type { TransactionalContext } from '../../context.ts';
import type { Resolution } from '../../domain/custody/breaks.ts';
import type { Break } from '../../domain/custody/reconciliation.ts';
import type { Posting } from '../../store/books-store.ts';
import type { NewNote } from '../../store/custody/break-writes.ts';
import { mustKnowPerson } from '../know-people.ts';

const TEXT_LENGTH_MAX = 2_000;

/** Null gives it back. Refuses whoever is not of the organisation, and a break that is resolved. */
export async function assignBreak(ctx: TransactionalContext, breakId: string, assignee: string | null): Promise<Break> {
  if (assignee !== null) await mustKnowPerson(ctx, assignee, 'assignee');
  return change(ctx, breakId, note(ctx, 'ASSIGNED', assignee), (broken) =>
    (broken.assignee === assignee ? null : { status: assignee === null ? 'OPEN' : 'INVESTIGATING', assignee }));
}

/** Also on a resolved break. The same text by the same actor twice in a row is one comment. */
export async function commentBreak(ctx: TransactionalContext, breakId: string, text: string): Promise<Break> {
  checkText(text, 'text');
  const { organizationId, subject } = ctx.principal;
  return ctx.store.transaction(async (tx) => {
    const broken = await locked(tx, organizationId, breakId);
    const last = await tx.lastNote(organizationId, breakId);
    if (last?.kind !== 'COMMENTED' || last.actor !== subject || last.text !== text) await tx.addNotes(organizationId, [breakId], note(ctx, 'COMMENTED', text));
    return broken;
  });
}

/** Refuses a break that is resolved, unless it is the same resolution again. */
export async function resolveBreak(ctx: TransactionalContext, breakId: string, resolution: Exclude<Resolution, 'MATCHED'>, reason: string): Promise<Break> {
  checkText(reason, 'reason');
  return change(ctx, breakId, note(ctx, 'RESOLVED', reason), (broken) =>
    (broken.resolution === resolution ? null : { status: 'RESOLVED', resolution, resolvedAt: ctx.now(), resolvedBy: ctx.principal.subject }));
}

function checkText(text: string, field: string): void {
  if (text.trim() === '' || text.length > TEXT_LENGTH_MAX) throw invalid(`it has 1 to ${TEXT_LENGTH_MAX} characters`, field);
}

const note = (ctx: TransactionalContext, kind: 'ASSIGNED' | 'COMMENTED' | 'RESOLVED', text: string | null): NewNote => ({ kind, at: ctx.now(), actor: ctx.principal.subject, text });

async function locked(tx: Posting, organizationId: string, breakId: string): Promise<Break> {
  const broken = await tx.breakForUpdate(organizationId, breakId);
  if (broken === null) throw new Refusal('NOT_FOUND', 'there is no such break', ['breakId']);
  return broken;
}

/** `decide` gives what changes of the break; null for nothing. */
async function change(ctx: TransactionalContext, breakId: string, said: NewNote, decide: (broken: Break) => Partial<Break> | null): Promise<Break> {
  const { organizationId } = ctx.principal;
  return ctx.store.transaction(async (tx) => {
    const before = await locked(tx, organizationId, breakId);
    const changes = decide(before);
    if (changes === null) return before;
    if (before.status === 'RESOLVED') throw new Refusal('CONFLICT', 'the break is resolved', ['breakId']);
    const after = { ...before, ...changes };
    await tx.saveBreak(organizationId, after, said);
    const now = stateOf(after);
    await tx.outbox.add([event(breakChanged, after.portfolioId, { breakId, portfolioId: after.portfolioId, ...now, before: replaced(stateOf(before), now) }, ctx)]);
    return after;
  });
}

const stateOf = ({ status, assignee, resolution }: Break) => ({ status, assignee, resolution });
