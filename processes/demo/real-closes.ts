/**
 * The real closes that the demo stands on, from npm packages, in US dollars (index points for the index), each series on one price basis:
 *   SPX    daily, 2000-01-03 to 2020-04-17 (vega-datasets, data/sp500-2000.csv)
 *   AMZN, GOOG, IBM, MSFT  monthly, 2000-01 (GOOG 2004-08) to 2010-03 (vega-datasets, data/stocks.csv): closes of the month's last
 *          trading day, adjusted for splits and dividends as of March 2010. The file labels each with the first of its month.
 *   AAPL   daily, 2013-05-13 to 2018-05-11 (@observablehq/sample-datasets, aapl.csv, column Close): adjusted for the split of 2014.
 * AAPL's monthly closes of stocks.csv are left out: they are from before the split of 7 to 1, and three years lie between.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface RealSeries {
  readonly symbol: string;
  /** As `importPrices` takes it. */
  readonly csv: string;
  readonly rows: number;
}

const MONTHLY = ['AMZN', 'GOOG', 'IBM', 'MSFT'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** The monthly file was made on this day: its last month ends there, as the daily closes of AAPL, GOOG and IBM show. */
const MONTHLY_FILE_MADE = '2010-03-09';

export async function realCloses(): Promise<RealSeries[]> {
  const [index, stocks, apple] = await Promise.all([
    lines(new URL('../data/sp500-2000.csv', import.meta.resolve('vega-datasets'))),
    lines(new URL('../data/stocks.csv', import.meta.resolve('vega-datasets'))),
    lines(new URL(import.meta.resolve('@observablehq/sample-datasets/aapl.csv'))),
  ]);
  const tradingDays = index.map(([date = '']) => date);
  return [
    { symbol: 'SPX', ...daily(index) },
    { symbol: 'AAPL', ...daily(apple) },
    ...MONTHLY.map((symbol) => ({ symbol, ...monthly(stocks.filter(([of]) => of === symbol), tradingDays) })),
  ];
}

/** Both daily files have the columns date, open, high, low, close, adjusted close, volume. */
function daily(rows: readonly (readonly string[])[]): Omit<RealSeries, 'symbol'> {
  const body = rows.map(([date, open, high, low, close, , volume]) => [date, open, high, low, close, volume].join(','));
  return { csv: ['date,open,high,low,close,volume', ...body].join('\n'), rows: body.length };
}

/** `Feb 1 2004` stands for the last trading day of that month. */
function monthly(rows: readonly (readonly string[])[], tradingDays: readonly string[]): Omit<RealSeries, 'symbol'> {
  const lastDay = new Map(tradingDays.map((day) => [day.slice(0, 7), day]));
  const body = rows.map(([, label = '', close]) => {
    const [month = '', , year = ''] = label.split(' ');
    const key = `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}`;
    return `${key === MONTHLY_FILE_MADE.slice(0, 7) ? MONTHLY_FILE_MADE : lastDay.get(key) ?? ''},${close ?? ''}`;
  });
  return { csv: ['date,close', ...body].join('\n'), rows: body.length };
}

const lines = async (file: URL): Promise<string[][]> =>
  (await readFile(fileURLToPath(file), 'utf8')).trim().split(/\r?\n/).slice(1).map((line) => line.split(','));
