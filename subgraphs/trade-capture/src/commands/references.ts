/** Portfolios and instruments that trades name: looked up together, and waited for briefly where they were made just now. */
import { Refusal } from '@pms/errors';
import { awaitKnown } from '@pms/subgraph/await-known';
import type { TradeCaptureContext } from '../context.ts';
import { quotedAs } from '../domain/terms.ts';
import type { Terms } from '../domain/trade.ts';
import type { KnownInstrument, KnownPortfolio } from '../store/trade-store.ts';

export interface References {
  readonly portfolios: ReadonlyMap<string, KnownPortfolio>;
  readonly instruments: ReadonlyMap<string, KnownInstrument>;
}

export async function referencesOf({ store, principal, now }: TradeCaptureContext, portfolioIds: Iterable<string>, instrumentIds: Iterable<string>): Promise<References> {
  const [portfolios, instruments] = await Promise.all([
    known([...new Set(portfolioIds)], now, (ids) => store.portfolios(principal.organizationId, ids)),
    known([...new Set(instrumentIds)], now, (ids) => store.instruments(principal.organizationId, ids)),
  ]);
  return { portfolios, instruments };
}

async function known<T extends { readonly id: string }>(ids: readonly string[], now: () => Date, find: (ids: readonly string[]) => Promise<T[]>): Promise<Map<string, T>> {
  const found = new Map((await find(ids)).map((one) => [one.id, one]));
  const late = await Promise.all(ids.filter((id) => !found.has(id)).map((id) => awaitKnown(id, now, async () => (await find([id]))[0] ?? null)));
  for (const one of late) if (one !== null) found.set(one.id, one);
  return found;
}

/** The terms as the instrument is quoted. Refuses what names an unknown portfolio or instrument, or a currency that the instrument is not traded in. */
export function checkReferences({ portfolios, instruments }: References, portfolioId: string, terms: Terms): Terms {
  if (!portfolios.has(portfolioId)) throw new Refusal('NOT_FOUND', 'there is no such portfolio', ['portfolioId']);
  const instrument = instruments.get(terms.instrumentId);
  if (instrument === undefined) throw new Refusal('NOT_FOUND', 'there is no such instrument', ['instrumentId']);
  return quotedAs(terms, instrument);
}

export const closedPortfolio = (): Refusal => new Refusal('CONFLICT', 'the portfolio is closed', ['portfolioId']);
