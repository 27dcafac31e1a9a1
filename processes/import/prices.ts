/** `pms import prices`: a vendor's price file into the closes of one instrument, over the public API. A bad row lets nothing be imported. */
import { ImportPricesDocument, type PriceLayout } from '@pms/client/generated';
import { StartError } from '@pms/prisma/embedded';
import { decodeText } from '@pms/tables/decode';
import type { Environment } from '../environment.ts';
import { connected, patient, type Reach } from './connection.ts';
import { problemLines } from './report.ts';
import { fileBytes } from './trades.ts';

export interface ImportPricesOptions extends Reach {
  readonly symbol: string;
  readonly mic?: string;
  readonly layout?: string;
}

const layouts: readonly PriceLayout[] = ['PLAIN', 'STOOQ', 'STOOQ_BULK', 'YAHOO', 'ALPHA_VANTAGE'];

export async function importPrices(environment: Environment, path: string, options: ImportPricesOptions): Promise<void> {
  const layout = layouts.find((one) => one === options.layout?.toUpperCase().replaceAll('-', '_'));
  if (options.layout !== undefined && layout === undefined) throw new StartError(`There is no layout ${options.layout}; there are ${layouts.map((one) => one.toLowerCase().replaceAll('_', '-')).join(', ')}.`);
  const csv = decodeText(fileBytes(path));
  const client = connected(environment, options);
  const named = options.symbol.startsWith('ins_') ? { instrumentId: options.symbol } : { symbol: options.symbol, ...(options.mic === undefined ? {} : { mic: options.mic }) };
  try {
    const { importPrices: done } = await patient(() => client.mutate(ImportPricesDocument, { input: { ...named, csv, ...(layout === undefined ? {} : { layout }) } }));
    for (const line of problemLines('Days without a price, left out:', done.withoutPrice)) console.log(line);
    for (const line of problemLines('Bad rows (row 1 is the line behind the header):', done.problems)) console.log(line);
    if (done.userErrors.length > 0) throw new StartError(`${done.userErrors.map(({ message }) => message).join('; ')}.`);
    console.log(`${String(done.recorded ?? 0)} closes recorded, ${String(done.unchanged ?? 0)} known before, by the layout ${done.layout ?? ''}.`);
  } finally {
    await client.close();
  }
}
