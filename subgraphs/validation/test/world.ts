/** Builders for what validation hears: portfolios with cash, trades and their bookings. */
import { newId } from '@pms/events/ids';
import type { Event } from '@pms/events/envelope';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated, pricesRecorded } from '@pms/schema/events/rttm';
import { tradeAmended, tradeCancelled, tradeCaptured, type TradeFacts } from '@pms/schema/events/trade-capture';
import { cashMoved, tradeBooked, tradeReversed } from '@pms/schema/events/transactional';
import { type FrontDoor, heard } from '@pms/testing/front-door';

export const portfolio = (portfolioId: string, over: Partial<Event> = {}): Event => heard(portfolioCreated, portfolioId,
  { portfolioId, name: portfolioId, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null }, over);

export const instrument = (instrumentId: string, over: { assetClass?: 'EQUITY' | 'BOND'; currency?: string } = {}): Event => heard(instrumentCreated, instrumentId,
  { instrumentId, symbol: instrumentId.slice(4).toUpperCase(), name: instrumentId, assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS', ...over });

export const closes = (instrumentId: string, byDay: Record<string, string>): Event => heard(pricesRecorded, instrumentId,
  { instrumentId, currency: 'USD', prices: Object.entries(byDay).map(([date, close]) => ({ date, close, simulated: false })) });

export const cash = (portfolioId: string, amount: string, over: { kind?: 'DEPOSIT' | 'WITHDRAWAL' | 'TRADE'; currency?: string; tradeId?: string } = {}): Event => heard(cashMoved, portfolioId,
  { portfolioId, kind: 'DEPOSIT', currency: 'USD', amount, effectiveDate: '2026-01-02', balance: amount, settled: amount, tradeId: null, ...over });

export const trade = (over: Partial<TradeFacts> = {}): TradeFacts => ({
  tradeId: newId('trd'), version: 1, portfolioId: 'prt_a', instrumentId: 'ins_acme', side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: '2026-01-05',
  fees: [], externalId: null, capturedAt: '2026-01-05T10:00:00.000000Z', ...over,
});

export const captured = (facts: TradeFacts, over: Partial<Event> = {}): Event => heard(tradeCaptured, facts.portfolioId, facts, over);
export const amended = (facts: TradeFacts, replaces: number, over: Partial<Event> = {}): Event => heard(tradeAmended, facts.portfolioId, { ...facts, replaces }, over);
export const cancelled = ({ tradeId, version, portfolioId, instrumentId }: TradeFacts): Event => heard(tradeCancelled, portfolioId, { tradeId, version: version + 1, portfolioId, instrumentId });

const position = (facts: TradeFacts) => ({ instrumentId: facts.instrumentId, quantity: '0', costBasis: '0', averageCost: '0', realizedPnl: '0', currency: facts.currency });
export const booked = (facts: TradeFacts, netAmount: string): Event => heard(tradeBooked, facts.portfolioId,
  { ...facts, netAmount, contractualSettlementDate: '2026-01-06', realizedPnl: '0', position: position(facts) });
export const reversed = (facts: TradeFacts, netAmount: string): Event => heard(tradeReversed, facts.portfolioId,
  { ...facts, netAmount, realizedPnl: '0', position: position(facts), because: 'AMENDED' });

/** What was told about trades, as `<short type> <version>`. */
export async function decisionsOf(door: FrontDoor, tradeId?: string): Promise<string[]> {
  return (await door.told()).flatMap(({ type, data }) => {
    const about = data as { tradeId?: string; version?: number };
    if (about.tradeId === undefined || (tradeId !== undefined && about.tradeId !== tradeId)) return [];
    return [`${type.replace(/^validation\.trade-|\.v1$/g, '')} ${about.version}`];
  });
}

/** Cash and holdings as decisions see them. */
export async function projected(door: FrontDoor, portfolioId: string): Promise<{ cash: string; held: Record<string, string> }> {
  const { rows: [row] } = await door.database.query<{ amount: string }>(
    "select trim_scale(amount)::text as amount from validation.projected_cash where portfolio_id = $1 and currency = 'USD'", [portfolioId]);
  const { rows } = await door.database.query<{ id: string; quantity: string }>(
    'select instrument_id as id, trim_scale(quantity)::text as quantity from validation.projected_holding where portfolio_id = $1 and quantity <> 0', [portfolioId]);
  return { cash: row?.amount ?? '0', held: Object.fromEntries(rows.map(({ id, quantity }) => [id, quantity])) };
}
