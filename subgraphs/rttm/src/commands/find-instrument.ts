/** The instrument that an input names by id or by symbol. Refused: neither or both, unknown ones, a symbol listed on several exchanges. */
import { invalid, Refusal } from '@pms/errors';
import type { RttmContext } from '../context.ts';
import type { Instrument } from '../domain/instrument.ts';

export interface Named {
  readonly instrumentId?: string | null | undefined;
  readonly symbol?: string | null | undefined;
  readonly mic?: string | null | undefined;
}

type Look = Pick<RttmContext, 'store' | 'principal'>;

export async function findInstrument(ctx: Look, named: Named): Promise<Instrument> {
  const [found] = await findInstruments(ctx, [named], () => []);
  return found as Instrument;
}

/** In their order; `pathOf` leads to the entry of the input that is refused. */
export async function findInstruments({ store, principal }: Look, named: readonly Named[], pathOf: (index: number) => readonly string[]): Promise<Instrument[]> {
  const { organizationId } = principal;
  const ids = named.flatMap(({ instrumentId }) => instrumentId ?? []);
  const symbols = named.flatMap(({ symbol }) => symbol ?? []);
  const [byId, bySymbol] = await Promise.all([
    ids.length === 0 ? [] : store.instruments(organizationId, ids),
    symbols.length === 0 ? [] : store.instrumentsBySymbol(organizationId, symbols),
  ]);
  const known = new Map(byId.map((instrument) => [instrument.id, instrument]));
  const listed = Map.groupBy(bySymbol, ({ symbol }) => symbol);
  return named.map((one, index) => pick(one, known, listed, pathOf(index)));
}

function pick({ instrumentId, symbol, mic }: Named, known: ReadonlyMap<string, Instrument>, listed: ReadonlyMap<string, Instrument[]>, path: readonly string[]): Instrument {
  if ((instrumentId == null) === (symbol == null)) throw invalid('name the instrument by `instrumentId` or by `symbol`', ...path, 'instrumentId');
  if (instrumentId != null) {
    const found = known.get(instrumentId);
    if (found === undefined) throw new Refusal('NOT_FOUND', 'there is no such instrument', [...path, 'instrumentId']);
    return found;
  }
  const [found, ...others] = (listed.get(symbol ?? '') ?? []).filter((instrument) => mic == null || instrument.mic === mic);
  if (found === undefined) throw new Refusal('NOT_FOUND', `there is no instrument ${symbol ?? ''}`, [...path, 'symbol']);
  if (others.length > 0) throw invalid(`${found.symbol} is listed on ${[found, ...others].map((one) => one.mic ?? 'no exchange').join(' and ')}: name one`, ...path, 'symbol');
  return found;
}
