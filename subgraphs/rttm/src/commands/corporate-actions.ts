/** Announces, amends and cancels corporate actions. Refused: terms that a kind has no use for or lacks, unknown instruments, a cancelled action. */
import { invalid, Refusal } from '@pms/errors';
import { replaced } from '@pms/events/before';
import { event } from '@pms/events/envelope';
import { corporateActionAmended, corporateActionAnnounced, corporateActionCancelled } from '@pms/schema/events/rttm';
import { contentHash } from '@pms/subgraph/idempotency';
import type { RttmContext } from '../context.ts';
import { announced, type CorporateAction, type Facts, type Kind, type Terms } from '../domain/corporate-action.ts';
import { utcDay } from '../domain/days.ts';
import { findInstrument } from './find-instrument.ts';
import { applyNames } from './rename-instruments.ts';
import { checkKey, firstResult } from './same-request.ts';

export interface Announcement extends Terms {
  readonly instrumentId: string;
  readonly kind: Kind;
  readonly idempotencyKey: string;
}

export async function announceCorporateAction(ctx: RttmContext, { idempotencyKey, ...input }: Announcement): Promise<CorporateAction> {
  checkKey(idempotencyKey);
  const hash = contentHash(input);
  const { organizationId } = ctx.principal;
  const before = async (): Promise<CorporateAction | null> => firstResult(await ctx.store.corporateActionByKey(organizationId, idempotencyKey), hash);
  const known = await before();
  if (known !== null) return known;
  const { instrumentId, kind, ...terms } = input;
  const instrument = await findInstrument(ctx, { instrumentId });
  const facts = announced(kind, terms, instrument);
  await mustKnow(ctx, facts, instrument.currency);
  const action: CorporateAction = { id: ctx.newId('cac'), organizationId, instrumentId, version: 1, cancelled: false, facts, announcedAt: ctx.now() };
  const inserted = await ctx.store.work(async (unit) => {
    if (!(await unit.insertCorporateAction(action, idempotencyKey, hash))) return false;
    await unit.outbox.add([event(corporateActionAnnounced, instrumentId, told(action), ctx)]);
    return true;
  });
  if (inserted) await applyNames(ctx, utcDay(ctx.now()), () => ctx.origin);
  const first = inserted ? action : await before();
  if (first === null) throw new Refusal('CONFLICT', 'the action was not kept: try again', ['idempotencyKey']);
  return first;
}

/** All terms anew; the kind and the instrument stay. The same terms again change nothing. */
export async function amendCorporateAction(ctx: RttmContext, { corporateActionId, ...terms }: Terms & { readonly corporateActionId: string }): Promise<CorporateAction> {
  const standing = await mustStand(ctx, corporateActionId);
  const instrument = await findInstrument(ctx, { instrumentId: standing.instrumentId });
  const facts = announced(standing.facts.kind, terms, instrument);
  if (contentHash(facts) === contentHash(standing.facts)) return standing;
  if (standing.facts.kind === 'SYMBOL_CHANGE' && standing.facts.exDate <= utcDay(ctx.now())) throw new Refusal('CONFLICT', 'the symbol has changed: announce another change', ['corporateActionId']);
  await mustKnow(ctx, facts, instrument.currency);
  const action = { ...standing, version: standing.version + 1, facts };
  await change(ctx, action, event(corporateActionAmended, action.instrumentId, { ...told(action), before: replaced(told(standing), told(action)) }, ctx));
  await applyNames(ctx, utcDay(ctx.now()), () => ctx.origin);
  return action;
}

/** What it did in the books is taken back. */
export async function cancelCorporateAction(ctx: RttmContext, corporateActionId: string): Promise<CorporateAction> {
  const known = await mustFind(ctx, corporateActionId);
  if (known.cancelled) return known;
  const action = { ...known, version: known.version + 1, cancelled: true };
  await change(ctx, action, event(corporateActionCancelled, action.instrumentId, { actionId: action.id, version: action.version, instrumentId: action.instrumentId }, ctx));
  return action;
}

async function change(ctx: RttmContext, action: CorporateAction, telling: ReturnType<typeof event>): Promise<void> {
  await ctx.store.work(async (unit) => {
    if (!(await unit.saveCorporateAction(action))) throw new Refusal('CONFLICT', 'somebody else changed it just now: look again', ['corporateActionId']);
    await unit.outbox.add([telling]);
  });
}

async function mustFind({ store, principal }: RttmContext, id: string): Promise<CorporateAction> {
  const [found] = await store.corporateActions(principal.organizationId, [id]);
  if (found === undefined) throw new Refusal('NOT_FOUND', 'there is no such corporate action', ['corporateActionId']);
  return found;
}

async function mustStand(ctx: RttmContext, id: string): Promise<CorporateAction> {
  const found = await mustFind(ctx, id);
  if (found.cancelled) throw new Refusal('CONFLICT', 'the corporate action was cancelled', ['corporateActionId']);
  return found;
}

/** Instruments that are received exist; lots are kept in one currency, so they are traded in that of the instrument that gives them. */
async function mustKnow({ store, principal }: RttmContext, { newInstrumentId, subscribedInstrumentId, kind }: Facts, currency: string): Promise<void> {
  const named = { newInstrumentId, subscribedInstrumentId };
  const known = new Map((await store.instruments(principal.organizationId, Object.values(named).filter((id) => id !== null))).map((instrument) => [instrument.id, instrument]));
  for (const [name, id] of Object.entries(named)) {
    if (id === null) continue;
    const instrument = known.get(id);
    if (instrument === undefined) throw new Refusal('NOT_FOUND', 'there is no such instrument', [name]);
    if (instrument.currency !== currency) throw invalid(`${instrument.symbol} is traded in ${instrument.currency}, and a ${kind} moves basis in ${currency}`, name);
  }
}

const told = ({ id, version, instrumentId, facts }: CorporateAction) => ({ actionId: id, version, instrumentId, ...facts });
