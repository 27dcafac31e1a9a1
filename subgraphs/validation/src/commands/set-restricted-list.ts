/** Replaces the organisation's restricted list. */
import { invalid } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { restrictedListSet } from '@pms/schema/events/validation';
import type { ValidationContext } from '../context.ts';
import type { Restricted } from '../domain/restricted.ts';
import { knownInstruments } from './references.ts';

const INSTRUMENTS_MAX = 10_000;

export async function setRestrictedList(ctx: ValidationContext, input: { readonly instrumentIds: readonly string[]; readonly reason?: string | null | undefined }): Promise<readonly Restricted[]> {
  const at = ctx.now();
  const { organizationId, subject } = ctx.principal;
  const instrumentIds = [...new Set(input.instrumentIds)].toSorted();
  if (input.instrumentIds.length > INSTRUMENTS_MAX) throw invalid(`a restricted list has at most ${INSTRUMENTS_MAX} instruments`, 'instrumentIds');
  await knownInstruments(ctx, instrumentIds, (index) => ['instrumentIds', String(input.instrumentIds.indexOf(instrumentIds[index] ?? ''))]);
  await ctx.store.transaction(async (tx) => {
    const before = await tx.replaceRestrictedList({ organizationId, subject }, instrumentIds, at);
    await tx.outbox.add([event(restrictedListSet, organizationId, { instrumentIds, before: { instrumentIds: before } }, { ...ctx, origin: { ...ctx.origin, reason: input.reason ?? undefined } })]);
  });
  return instrumentIds.map((instrumentId) => ({ instrumentId, setAt: at, setBy: subject }));
}
