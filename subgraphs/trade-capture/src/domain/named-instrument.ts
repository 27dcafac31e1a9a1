/** Which instrument a file means: by id, else by ISIN, else by symbol; of several listings the one of its exchange or its currency. */
import type { QuoteUnit } from '@pms/money/quote-unit';
import type { InstrumentName } from './import-row.ts';

export interface NamedInstrument {
  readonly id: string;
  readonly currency: string;
  readonly quoteUnit: QuoteUnit | null;
  readonly symbol: string | null;
  readonly mic: string | null;
  readonly isin: string | null;
}

export interface InstrumentIndex {
  readonly byId: ReadonlyMap<string, NamedInstrument>;
  readonly byIsin: ReadonlyMap<string, readonly NamedInstrument[]>;
  readonly bySymbol: ReadonlyMap<string, readonly NamedInstrument[]>;
}

export const indexInstruments = (known: readonly NamedInstrument[]): InstrumentIndex => ({
  byId: new Map(known.map((one) => [one.id, one])),
  byIsin: Map.groupBy(known.filter(({ isin }) => isin !== null), ({ isin }) => isin ?? ''),
  bySymbol: Map.groupBy(known.filter(({ symbol }) => symbol !== null), ({ symbol }) => symbol ?? ''),
});

/** The instrument, or why there is none. */
export function pickInstrument(name: InstrumentName, currency: string, index: InstrumentIndex): NamedInstrument | string {
  if (name.id !== null) return index.byId.get(name.id) ?? `there is no instrument ${name.id}`;
  const byIsin = listings(index.byIsin, name.isin);
  const candidates = byIsin.length > 0 ? byIsin : listings(index.bySymbol, name.symbol);
  const other = candidates.find(({ isin }) => name.isin !== null && isin !== null && isin !== name.isin);
  if (other !== undefined) return `${name.symbol ?? ''} is known with the ISIN ${other.isin ?? ''}, and the file says ${name.isin ?? ''}`;
  const [found, ...others] = narrowed(candidates, name, currency);
  const said = [name.symbol, name.isin].filter((one) => one !== null).join(', ISIN ');
  if (found === undefined) return `there is no instrument ${said}: add it with createInstrument first`;
  if (others.length > 0) return `${said} is listed on ${[found, ...others].map(({ mic, id }) => mic ?? id).join(' and ')}: name the exchange by its MIC, or the instrument by its id`;
  return found;
}

const listings = (by: ReadonlyMap<string, readonly NamedInstrument[]>, name: string | null): readonly NamedInstrument[] => (name === null ? [] : by.get(name) ?? []);

/** Each thing that the file says counts, as long as a listing is left that it is true of. */
function narrowed(candidates: readonly NamedInstrument[], { mic, symbol }: InstrumentName, currency: string): readonly NamedInstrument[] {
  const rules: ((one: NamedInstrument) => boolean)[] = [(one) => mic !== null && one.mic === mic, (one) => one.currency === currency, (one) => symbol !== null && one.symbol === symbol];
  return rules.reduce<readonly NamedInstrument[]>((left, rule) => {
    const fitting = left.length > 1 ? left.filter(rule) : left;
    return fitting.length > 0 ? fitting : left;
  }, candidates);
}
