/** What an organisation has after a day of work: something of every kind that there is, whose texts and figures are its own and no other's. */
import type { Principal } from '@pms/identity/principal';
import type { TradeCaptureSubgraph } from '@pms/trade-capture';
import { type Answer, type Estate, principalOf } from './estate.ts';

export interface Seeded {
  readonly organizationId: string;
  readonly admin: Principal;
  /** A second person, for what one alone may not do. */
  readonly second: Principal;
  /** In every text that it wrote. */
  readonly mark: string;
  readonly portfolioId: string;
  readonly instrumentId: string;
}

interface Making {
  readonly estate: Estate;
  readonly mark: string;
  readonly admin: Principal;
  readonly second: Principal;
  /** Runs a mutation and gives its payload; throws with what was refused. */
  did(name: string, selection: string, input: Record<string, unknown>, who?: Principal): Promise<Answer['data']>;
}

/** The same organisation's program, which may what no person may. */
const program = (of: Principal): Principal => ({ ...of, kind: 'SERVICE', subject: `${of.subject}_program` });

const NAMES: Readonly<Record<string, string>> = { recordCorporateAction: 'AnnounceCorporateActionInput' };

export async function seed(estate: Estate, organizationId: string, mark: string): Promise<Seeded> {
  const [admin, second] = [principalOf(organizationId, `${mark}_first`), principalOf(organizationId, `${mark}_second`)];
  const did: Making['did'] = async (name, selection, input, who = admin) => {
    const type = NAMES[name] ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input`;
    const { data, errors } = await estate.ask(who, `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code message path } } }`, { input });
    const payload = data?.[name];
    if (errors !== undefined || payload === undefined || payload.userErrors.length > 0) throw new Error(`${name}: ${JSON.stringify({ errors, payload })}`);
    return payload;
  };
  const making: Making = { estate, mark, admin, second, did };
  await estate.owner.query('insert into auth.organization (id, name, created_at) values ($1, $2, now()) on conflict do nothing', [organizationId, `${mark} Ltd`]);
  const market = await markets(making);
  const held = await holdings(making, market);
  await compliance(making, market, held);
  await operations(making, market, held);
  await people(making);
  await drops(making, organizationId);
  await estate.settled();
  return { organizationId, admin, second, mark, portfolioId: held.portfolioId, instrumentId: market.share };
}

/** A day's business once more: what subscriptions tell of. */
export async function bought(estate: Estate, { admin, mark, portfolioId, instrumentId }: Seeded): Promise<void> {
  const ask = async (name: string, input: Record<string, unknown>, who: Principal = admin): Promise<void> => {
    const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input`;
    const { errors } = await estate.ask(who, `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`, { input });
    if (errors !== undefined) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  };
  const key = `${mark}-again-${String(performance.now())}`;
  await ask('ingestQuotes', { quotes: [{ instrumentId, last: '99.5', time: '2026-11-05T15:30:00Z' }] }, program(admin));
  await ask('ingestQuotes', { quotes: [{ instrumentId, last: '131.5', time: '2026-11-05T15:31:00Z' }] }, program(admin));
  await ask('captureTrade', { portfolioId, instrumentId, side: 'BUY', quantity: '4', price: '102', currency: 'USD', tradeDate: '2026-11-05', externalId: key });
  await ask('startSimulation', { portfolioId, paths: 100, horizonDays: 10, seed: 1, idempotencyKey: key });
  await estate.settled();
}

interface Market { readonly share: string; readonly other: string }

async function markets({ mark, admin, did }: Making): Promise<Market> {
  const made = async (symbol: string) => (await did('createInstrument', 'instrument { id }', {
    symbol: `${mark}${symbol}`.toUpperCase(), name: `${mark} ${symbol}`, assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS', idempotencyKey: `${mark}-${symbol}`,
  })).instrument.id as string;
  const [share, other] = [await made('one'), await made('two')];
  for (const [at, instrumentId] of [share, other].entries())
    await did('importPrices', '__typename', { instrumentId, rows: ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'].map((date, day) => ({ date, close: `${100 + at * 50 + day}.25` })) });
  await did('importFxRates', '__typename', { rows: [{ base: 'EUR', quote: 'USD', date: '2026-11-02', rate: '1.1' }, { base: 'EUR', quote: 'USD', date: new Date().toISOString().slice(0, 10), rate: '1.2' }] });
  await did('createAlertRule', '__typename', { instrumentId: share, condition: 'ABOVE', threshold: '110', idempotencyKey: `${mark}-alert` });
  await did('ingestQuotes', '__typename', { quotes: [{ instrumentId: share, last: '120.5', time: '2026-11-05T15:00:00Z' }] }, program(admin));
  return { share, other };
}

interface Held { readonly portfolioId: string; readonly spare: string; readonly trades: readonly string[] }

async function holdings({ estate, mark, did }: Making, { share, other }: Market): Promise<Held> {
  const investorId = (await did('createInvestor', 'investor { id }', { name: `${mark} Investor`, kind: 'INDIVIDUAL', idempotencyKey: `${mark}-investor` })).investor.id as string;
  const portfolio = async (name: string): Promise<string> => (await did('createPortfolio', 'portfolio { id }', {
    name: `${mark} ${name}`, baseCurrency: 'USD', investorId, benchmarkInstrumentId: other, idempotencyKey: `${mark}-${name}`,
  })).portfolio.id;
  const [portfolioId, spare] = [await portfolio('Growth'), await portfolio('Spare')];
  await estate.settled();
  await did('setTargetAllocation', '__typename', { portfolioId, targets: [{ instrumentId: share, weight: 0.5 }, { instrumentId: other, weight: 0.25 }] });
  await did('depositCash', '__typename', { portfolioId, amount: { amount: '100000.75', currency: 'USD' }, effectiveDate: '2026-11-01', idempotencyKey: `${mark}-deposit`, reason: `${mark} paid in` });
  await did('withdrawCash', '__typename', { portfolioId, amount: { amount: '7.77', currency: 'USD' }, effectiveDate: '2026-11-02', idempotencyKey: `${mark}-withdrawal`, reason: `${mark} paid out` });
  await did('depositCash', '__typename', { portfolioId: spare, amount: { amount: '2000.25', currency: 'USD' }, effectiveDate: '2026-11-01', idempotencyKey: `${mark}-spare` });
  await did('exchangeCurrency', '__typename', { portfolioId: spare, sold: { amount: '1100', currency: 'USD' }, bought: { amount: '1000', currency: 'EUR' }, tradeDate: '2026-11-02', idempotencyKey: `${mark}-fx`, reason: `${mark} changed` });
  await estate.settled();
  const trade = (n: number, over: Record<string, unknown>) => ({
    portfolioId, instrumentId: share, side: 'BUY', quantity: '12', price: '101.5', currency: 'USD', tradeDate: '2026-11-02', externalId: `${mark}-${n}`, counterparty: `${mark}CP`,
    reason: `${mark} because`, fees: [{ kind: 'COMMISSION', amount: { amount: '1.23', currency: 'USD' } }], ...over,
  });
  const captured = async (...trades: Record<string, unknown>[]): Promise<string[]> => {
    const { results } = await did('captureTrades', 'results { trade { id } }', { trades });
    await estate.settled();
    return results.map((result: { trade: { id: string } }) => result.trade.id);
  };
  const first = await captured(trade(1, {}), trade(2, { instrumentId: other, quantity: '5' }), trade(3, { side: 'SELL', quantity: '3', price: '104' }), trade(4, { side: 'SELL', quantity: '2', price: '90', tradeDate: '2026-11-03' }));
  return { portfolioId, spare, trades: first };
}

async function compliance({ estate, mark, did }: Making, { other }: Market, { portfolioId, trades }: Held): Promise<void> {
  await tried(did, 'setRestrictedList', '__typename', { instrumentIds: [other], reason: `${mark} listed` });
  await tried(did, 'createComplianceRule', '__typename', { kind: 'RESTRICTED_LIST', name: `${mark} list`, severity: 'BLOCK', portfolioId, idempotencyKey: `${mark}-rule` });
  await tried(did, 'cancelTrade', '__typename', { tradeId: trades.at(-1), reason: `${mark} mistaken` });
  await did('captureTrades', '__typename', { trades: [{ portfolioId, instrumentId: other, side: 'BUY', quantity: '1', price: '150', currency: 'USD', tradeDate: '2026-11-05', externalId: `${mark}-blocked` }] });
  await estate.settled();
}

async function operations({ estate, mark, did, admin }: Making, { share }: Market, { portfolioId, trades }: Held): Promise<void> {
  const [earlier = '', , sold = ''] = trades;
  await tried(did, 'failSettlement', '__typename', { tradeId: sold, code: 'INSUFFICIENT_SECURITIES', reason: `${mark} late` });
  await tried(did, 'claimSettlementInterest', '__typename', { tradeId: earlier, annualRate: '0.05', dayCount: 'ACTUAL_360', owedTo: 'US', to: '2026-11-20', idempotencyKey: `${mark}-claim` });
  await tried(did, 'announceCorporateAction', '__typename', {
    instrumentId: share, kind: 'CASH_DIVIDEND', exDate: '2026-11-04', payDate: '2026-11-05', cashPerShare: '0.31', currency: 'USD', idempotencyKey: `${mark}-dividend`,
  });
  await estate.settled();
  await tried(did, 'processCorporateActions', '__typename', { asOf: '2026-11-06', portfolioId });
  await tried(did, 'importCustodyStatement', '__typename', {
    custodian: `${mark} Bank`, accounts: [{ account: `${mark}-ACC`, portfolioId }], text: `date,isin,symbol,identifier,quantity,currency\n2026-11-05,,${mark.toUpperCase()}ONE,,77,`,
  });
  const { data } = await estate.ask(admin, '{ reconciliationBreaks(filter: {}) { edges { node { id } } } }');
  const breakId = data.reconciliationBreaks.edges[0]?.node.id;
  if (breakId !== undefined) await tried(did, 'commentBreak', '__typename', { breakId, text: `${mark} looks into it` });
}

/** What could not be done leaves its tables empty; the test says of which. */
export const notes: string[] = [];
const tried = async (did: Making['did'], ...given: Parameters<Making['did']>): Promise<void> =>
  void (await did(...given).catch((error: unknown) => notes.push(error instanceof Error ? error.message : String(error))));

async function people({ mark, did }: Making): Promise<void> {
  await tried(did, 'createUser', '__typename', { displayName: `${mark} User`, email: `${mark}@${mark}.example`, password: `${mark} long enough for a password`, roles: ['TRADER'] });
  await tried(did, 'createServiceClient', '__typename', { name: `${mark} client`, scopes: ['trade:read'] });
}

async function drops({ estate, mark }: Making, organizationId: string): Promise<void> {
  const trading = estate.subgraphs.get('trade-capture') as TradeCaptureSubgraph;
  await trading.dropCopy.numbers({ organizationId, name: `${mark}-fix` });
}
