/** Adds an instrument. Refused: malformed identifiers, a listing that exists already (CONFLICT), a key used with other content. */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { contentHash } from '@pms/subgraph/idempotency';
import type { RttmContext } from '../context.ts';
import { type Instrument, newInstrument, type NewInstrument } from '../domain/instrument.ts';
import { checkKey, firstResult } from './same-request.ts';

export async function createInstrument(ctx: RttmContext, { idempotencyKey, ...input }: NewInstrument & { readonly idempotencyKey: string }): Promise<Instrument> {
  checkKey(idempotencyKey);
  const hash = contentHash(input);
  const { organizationId } = ctx.principal;
  const before = async (): Promise<Instrument | null> => firstResult(await ctx.store.instrumentByKey(organizationId, idempotencyKey), hash);
  const known = await before();
  if (known !== null) return known;
  const instrument = newInstrument(input, { id: ctx.newId('ins'), organizationId, at: ctx.now() });
  const inserted = await ctx.store.work(async (unit) => {
    if (!(await unit.insertInstrument(instrument, idempotencyKey, hash))) return false;
    await unit.outbox.add([event(instrumentCreated, instrument.id, created(instrument), ctx)]);
    return true;
  });
  const first = inserted ? instrument : await before();
  if (first === null) throw new Refusal('CONFLICT', `${instrument.symbol} is listed there already`, ['symbol']);
  return first;
}

const created = ({ id, symbol, name, assetClass, currency, mic, isin, quoteUnit }: Instrument) =>
  ({ instrumentId: id, symbol, name, assetClass, currency, mic, isin, quoteUnit });
