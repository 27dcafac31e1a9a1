/** Somebody imports what a broker and a vendor have given them, at the command line: a good file books, a bad one books nothing and says why. */
import fs from 'node:fs';
import path from 'node:path';
import type { PmsClient } from '@pms/client';
import { BooksDocument, CreatePortfolioDocument } from '@pms/client/generated';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { lastWeekday, listed } from './support/world.ts';

const example = (name: string): string => path.join(import.meta.dirname, '../../docs/examples', name);

export const importing: Journey = (at) => describe('imports', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  let portfolioId: string;

  beforeAll(async () => {
    platform = at();
    service = serviceClient(platform);
    for (const symbol of ['AAPL', 'MSFT', 'AMZN', 'GOOG']) await listed(service, { symbol, until: lastWeekday(), close: 100 });
    const { createPortfolio } = await service.mutate(CreatePortfolioDocument, { input: { name: 'Brought along', baseCurrency: 'USD', idempotencyKey: 'brought' } });
    portfolioId = createPortfolio.portfolio?.id ?? '';
  }, PATIENCE.timeout);
  afterAll(async () => {
    await service?.close();
  });

  const books = async () => {
    const { portfolio } = await service.query(BooksDocument, { portfolioId });
    return { cash: portfolio?.cash.map(({ balance }) => balance.amount), held: portfolio?.positions.map(({ instrument, quantity }) => `${instrument.symbol} ${quantity}`).toSorted() };
  };
  const imported = (file: string, ...more: readonly string[]) => platform.pms('import', 'trades', file, '--portfolio', 'brought along', '--layout', 'generic', '--url', platform.url, ...more);
  const nothing = { cash: [], held: [] };
  const all = { cash: ['159753.19'], held: ['AAPL 120', 'GOOG 90', 'MSFT 120'] };

  test('the bad file books nothing, and row, column and reason are named for each of its twenty bad rows', async () => {
    const { code, output } = await imported(example('trades-bad.csv'));
    expect(code).toBe(1);
    const told = [...output.matchAll(/^ {2}row (\d+), ([^:]+): (.+)$/gm)].map(([, row, column]) => `${row ?? ''} ${column ?? ''}`);
    expect(told).toEqual([
      '4 symbol', '5 currency', '6 date', '7 date', '8 date', '9 quantity', '10 quantity', '11 price', '12 quantity', '13 action', '14 quantity', '15 quantity',
      '16 external_id', '17 fee_currency', '18 currency', '19 line', '20 symbol', '21 note', '22 amount', '23 cell 4',
    ]);
    expect(output).toContain('Nothing was booked');
    expect(await books()).toEqual(nothing);
  });

  test('a dry run of the good file says what it comes to, and books nothing', async () => {
    const { code, output } = await imported(example('trades-good.csv'), '--dry-run');
    expect(output).toMatch(/row 6, external_id: the same as row 5, under another id/);
    expect(output).toMatch(/AAPL +0 +120 +120/);
    expect(output).toMatch(/USD +0 +159753\.19 +159753\.19/);
    expect(output).toContain('Nothing was written');
    expect(code).toBe(0);
    expect(await books()).toEqual(nothing);
  });

  test('the good file books its cash and its trades; again it books nothing', async () => {
    const first = await imported(example('trades-good.csv'));
    expect(first.output).toContain('Booked 7 trades and 2 rows of cash');
    expect(first.code).toBe(0);
    expect(await books()).toEqual(all);
    const again = await imported(example('trades-good.csv'));
    expect(again.output).toContain('9 of them booked before');
    expect(again.output).toContain('Booked 0 trades and 0 rows of cash');
    expect(await books()).toEqual(all);
    expect((await platform.pms('books', 'verify')).output).toContain('everything holds');
  });

  test('by a mapping of one’s own income is booked, with the tax that was withheld; a row that cannot be booked is named, and nothing of its file is booked', async () => {
    const written = (name: string, lines: readonly string[]): string => {
      fs.writeFileSync(path.join(platform.home, name), lines.join('\n'));
      return path.join(platform.home, name);
    };
    const mapping = written('own-bank.json', [JSON.stringify({
      name: 'own-bank', title: 'Own bank', dates: ['YYYY-MM-DD'], tables: [{
        columns: { date: 'day', action: 'what', symbol: 'of', quantity: 'units', price: 'price', currency: 'ccy', amount: 'amount', withheld: 'wht', externalId: 'id' },
        actions: { DIV: 'DIVIDEND', INT: 'INTEREST', CHG: 'FEE', BUY: 'BUY' }, amountSign: 'ANY', fees: [{ amount: 'fee', currency: 'feeccy' }],
      }],
    })]);
    const own = (file: string, ...more: readonly string[]) => platform.pms('import', 'trades', file, '--portfolio', 'brought along', '--layout', mapping, '--url', platform.url, ...more);
    const good = ['id,day,what,of,units,price,ccy,amount,wht,fee,feeccy', 'd1,2024-02-15,DIV,AAPL,,,USD,28.80,4.32,,', 'd2,2024-02-16,INT,,,,USD,1.25,,,', 'd3,2024-02-16,CHG,,,,USD,0.50,,,'];
    const before = await books();
    const refused = await own(written('bad-income.csv', [...good, 'd4,2024-02-16,DIV,NOSUCH,,,USD,1,,,', 'd5,2024-02-16,DIV,AAPL,,,USD,1,2,,', 'd6,2024-02-16,BUY,AAPL,1,180,USD,,,1.50,CHF']));
    expect(refused.output).toMatch(/row 5, of: there is no instrument NOSUCH/);
    expect(refused.output).toMatch(/row 6, wht: a tax of 2 on 1: the amount is gross/);
    expect(refused.output).toMatch(/row 7, fee: MISSING_RATE: a fee is in CHF and the trade in USD/);
    expect([refused.code, await books()]).toEqual([1, before]);
    const file = written('income.csv', good);
    const dry = await own(file, '--dry-run', '--leave-out', 'interest');
    expect(dry.output).toMatch(/row 2 .*DIVIDEND +28\.8 USD of AAPL, 4\.32 USD withheld/);
    expect(dry.output).toMatch(/row 3, what: a row of interest: left out as asked/);
    expect([dry.code, await books()]).toEqual([0, before]);
    expect((await own(file)).output).toContain('Booked 0 trades and 3 rows of cash');
    expect((await own(file)).output).toContain('3 of them booked before');
    expect((await books()).cash).toEqual(['159778.42']);
  });

  test('a price file of a vendor is read by its layout', async () => {
    const file = path.join(platform.home, 'yahoo.csv');
    fs.writeFileSync(file, 'Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-02,187.15,188.44,183.89,185.64,184.73,82488700\n2024-01-15,null,null,null,null,null,null\n');
    const { code, output } = await platform.pms('import', 'prices', file, '--symbol', 'AAPL', '--url', platform.url);
    expect(output).toContain('no price on 2024-01-15');
    expect(output).toContain('1 closes recorded, 0 known before, by the layout YAHOO');
    expect(code).toBe(0);
  });

  test('what cannot be done is told in a sentence', async () => {
    const cases: [readonly string[], string][] = [
      [['import', 'trades', example('trades-good.csv'), '--portfolio', 'nobody', '--layout', 'generic', '--url', platform.url], 'There is no portfolio "nobody"'],
      [['import', 'trades', example('trades-good.csv'), '--portfolio', portfolioId, '--layout', 'nobody', '--url', platform.url], 'there is no layout "nobody"'],
      [['import', 'trades', 'no-such-file.csv', '--portfolio', portfolioId, '--layout', 'generic', '--url', platform.url], 'no-such-file.csv cannot be read'],
      [['import', 'trades', example('trades-good.csv'), '--portfolio', portfolioId, '--layout', 'generic', '--url', platform.url, '--token', 'wrong'], 'UNAUTHENTICATED'],
    ];
    for (const [args, sentence] of cases) {
      const { code, output } = await platform.pms(...args);
      expect(output).toContain(sentence);
      expect(code).toBe(1);
    }
  });
});
