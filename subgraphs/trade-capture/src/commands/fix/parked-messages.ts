/** What operations do with messages that could not be handled: have them tried again, in order, once the cause is mended; or say that they never will be. */
import { invalid, Refusal } from '@pms/errors';
import type { TradeCaptureContext } from '../../context.ts';
import type { FixMessage } from '../../store/fix-store.ts';

const IDS_MAX = 1_000;
const REASON_LENGTH_MAX = 1_000;

/** How many will be tried again, by the process that has the session. */
export async function replayMessages(ctx: TradeCaptureContext, session: string, ids: readonly string[] | null): Promise<number> {
  if (ids !== null && ids.length > IDS_MAX) throw invalid(`at most ${IDS_MAX} messages are named`, 'ids');
  const sessions = await ctx.store.fixSessions(ctx.principal.organizationId);
  if (!sessions.some(({ name }) => name === session)) throw new Refusal('NOT_FOUND', 'there is no such FIX session', ['session']);
  return ctx.store.fixReplay(ctx.principal.organizationId, session, ids);
}

/** Refuses a message that is not parked. */
export async function dismissMessage(ctx: TradeCaptureContext, id: string, reason: string): Promise<FixMessage> {
  if (reason.trim() === '' || reason.length > REASON_LENGTH_MAX) throw invalid(`a reason has 1 to ${REASON_LENGTH_MAX} characters`, 'reason');
  const { organizationId, subject } = ctx.principal;
  const done = await ctx.store.fixDismiss(organizationId, id, `${subject}: ${reason}`, ctx.now());
  const message = await ctx.store.fixMessage(organizationId, id);
  if (message === null) throw new Refusal('NOT_FOUND', 'there is no such message', ['id']);
  if (!done) throw new Refusal('CONFLICT', 'the message is not parked', ['id']);
  return message;
}
