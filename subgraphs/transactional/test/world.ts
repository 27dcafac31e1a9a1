/** A portfolio and an instrument that the books know, and trades as compliance passes them on. */
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '@pms/events/ids';
import type { Event } from '@pms/events/envelope';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { tradeCancelled, type TradeFacts } from '@pms/schema/events/trade-capture';
import { tradeValidated } from '@pms/schema/events/validation';
import { type FrontDoor, heard } from '@pms/testing/front-door';

export interface World {
  readonly door: FrontDoor;
  readonly instrumentId: string;
  open(over?: { readonly lotMethod?: 'FIFO' | 'LIFO' | 'HIFO' | 'AVERAGE_COST' | 'SPECIFIC'; readonly organizationId?: string; readonly baseCurrency?: string }): Promise<string>;
  deposit(portfolioId: string, amount: string, over?: Record<string, unknown>): Promise<void>;
  position(portfolioId: string, args?: string): Promise<Record<string, unknown> | undefined>;
  cash(portfolioId: string, args?: string): Promise<Record<string, unknown> | undefined>;
}

export const DEPOSIT = `mutation ($input: DepositCashInput!) { depositCash(input: $input) {
  cash { currency balance { amount currency } settled { amount } payable { amount } } userErrors { code path } } }`;
export const WITHDRAW = 'mutation ($input: WithdrawCashInput!) { withdrawCash(input: $input) { cash { balance { amount } } userErrors { code path } } }';
const entity = (type: string, fields: string): string => `query ($id: ID!) { _entities(representations: [{ __typename: "${type}", id: $id }]) { ... on ${type} { ${fields} } } }`;

export const books = (args = ''): string => entity('Portfolio', `positions${args} {
  instrument { id } quantity settledQuantity averageCost { amount } costBasis { amount currency } realizedPnl { amount } currency openedOn
  lots { id openedOn quantity unitCost { amount } costBasis { amount } trade { id } } }`);
export const cash = (args = ''): string => entity('Portfolio', `cash${args} { currency balance { amount } settled { amount } receivable { amount } payable { amount } }`);
const CLOSING = `trade { id } openingTrade { id } lotId instrument { id } openedOn closedOn quantity cost { amount } proceeds { amount } gain { amount currency } gainRatio
  holdingDays term named washSale { quantity disallowed { amount } replacements { trade { id } quantity } }`;
export const closings = (args = ''): string => entity('Trade', `closings${args} { ${CLOSING} }`);
export const gains = (args = ''): string => entity('Portfolio', `realizedGains${args} { edges { cursor node { ${CLOSING} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  totals { currency proceeds { amount } cost { amount } gain { amount } gainRatio shortTerm { amount } longTerm { amount } washSaleDisallowed { amount } } }`);
export const SETTLEMENT = entity('Trade', 'settlement { status contractualDate settledOn failureReason attempts }');

export async function world(door: FrontDoor): Promise<World> {
  const instrumentId = newId('ins');
  await door.hear(heard(instrumentCreated, instrumentId, { instrumentId, symbol: 'ACME', name: 'Acme', assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' }));
  return {
    door, instrumentId,
    async open({ lotMethod = 'FIFO', organizationId = 'org_one', baseCurrency = 'USD' } = {}) {
      const portfolioId = newId('prt');
      await door.hear(heard(portfolioCreated, portfolioId, {
        portfolioId, name: 'Growth', baseCurrency, investorId: null, lotMethod, benchmarkInstrumentId: null,
      }, { organizationId }));
      return portfolioId;
    },
    async deposit(portfolioId, amount, over = {}) {
      const input = { portfolioId, amount: { amount, currency: 'USD' }, idempotencyKey: newId('key'), ...over };
      const { data } = await door.ask(DEPOSIT, { input });
      if (data.depositCash.userErrors.length > 0) throw new Error(JSON.stringify(data.depositCash.userErrors));
    },
    position: async (id, args) => (await door.ask(books(args), { id })).data._entities[0].positions[0],
    cash: async (id, args) => (await door.ask(cash(args), { id })).data._entities[0].cash[0],
  };
}

/** A time that is later than all that was recorded before and earlier than what is recorded next. */
export async function nowKnown(): Promise<string> {
  await delay(CLOCK_STEP_MS);
  const now = new Date().toISOString();
  await delay(CLOCK_STEP_MS);
  return now;
}

/** More than the precision of a DateTime. */
const CLOCK_STEP_MS = 3;

let captured = Date.parse('2026-11-02T15:00:00Z');

export type TradeOver = Partial<TradeFacts> & { readonly replaces?: number };

/** Each is captured a second after the one before it. */
export function validated(portfolioId: string, instrumentId: string, over: TradeOver = {}): Event {
  const { replaces = null, ...facts } = over;
  captured += 1_000;
  return heard(tradeValidated, portfolioId, {
    tradeId: newId('trd'), version: 1, portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: '2026-11-02', fees: [],
    externalId: null, capturedAt: new Date(captured).toISOString(), checks: [], approvedBy: null, ...facts, replaces,
  });
}

export const tradeIdOf = ({ data }: Event): string => (data as TradeFacts).tradeId;

export const cancelled = (portfolioId: string, instrumentId: string, tradeId: string, version = 2): Event =>
  heard(tradeCancelled, portfolioId, { tradeId, version, portfolioId, instrumentId });
