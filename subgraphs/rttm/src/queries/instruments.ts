/** Instruments by id and as a list. */
import { badInput, notFound } from '@pms/errors';
import { type Connection, connectionOf, type PageArgs, pageOf } from '@pms/subgraph/connection';
import type { RttmContext } from '../context.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { InstrumentFilter } from '../store/instruments.ts';

const SYMBOLS_MAX = 500;

/** Throws NOT_FOUND for one that is unknown or another organisation's: the two must look alike. */
export async function instrumentById({ loaders }: RttmContext, id: string): Promise<Instrument> {
  const instrument = await loaders.instrument.load(id);
  if (instrument === null) throw notFound('instrument', id);
  return instrument;
}

export async function instrumentList({ store, principal }: RttmContext, filter: InstrumentFilter | null | undefined, args: PageArgs): Promise<Connection<Instrument>> {
  if ((filter?.symbols?.length ?? 0) > SYMBOLS_MAX) throw badInput(`a filter names at most ${SYMBOLS_MAX} symbols`);
  const page = pageOf(args);
  const rows = await store.instrumentPage(principal.organizationId, filter ?? {}, page);
  return connectionOf(rows, page, ({ symbol, id }) => [symbol, id]);
}
