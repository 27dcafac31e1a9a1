/** Fills the books with generated trades through the domain itself, run by run: what compliance would pass on is handed to the reactions that book it. */
import { actingFor } from '@pms/events/acting';
import type { Event, EventType } from '@pms/events/envelope';
import { event as newEvent } from '@pms/events/envelope';
import { newId } from '@pms/events/ids';
import { portfolioCreated } from '@pms/schema/events/portfolio';
import { instrumentCreated } from '@pms/schema/events/rttm';
import { tradeCancelled } from '@pms/schema/events/trade-capture';
import { tradeValidated } from '@pms/schema/events/validation';
import { principal } from '@pms/testing/front-door';
import type { Subgraph } from '@pms/subgraph/subgraph';
import { execute, parse } from 'graphql';
import { generatedRuns } from './generated.ts';

export interface Filling {
  readonly trades: number;
  readonly portfolios: number;
  readonly instruments: number;
  readonly seed?: number;
  /** Settle what is due every so many runs of a portfolio; 0 leaves all unsettled. */
  readonly settleEvery?: number;
  say?(trades: number): void;
}

export interface Filled {
  readonly portfolioIds: readonly string[];
  readonly instrumentIds: readonly string[];
  readonly trades: number;
}

const CASH = '900000000000';
const ORGANIZATION = 'org_made';
const DEPOSIT = parse('mutation ($input: DepositCashInput!) { depositCash(input: $input) { userErrors { code message } } }');
const SETTLE = parse('mutation ($input: SettleDueInput!) { settleDue(input: $input) { settled failed more userErrors { code message } } }');

/** `subgraph` is the books'. Nothing delivers the events that it leaves in its outbox. */
export async function fillBooks(subgraph: Subgraph, { trades, portfolios, instruments, seed = 1, settleEvery = 1, say = () => undefined }: Filling): Promise<Filled> {
  const made = <Data>(type: EventType<Data>, key: string, data: Data): Event<Data> => ({
    ...newEvent(type, key, data, { origin: { organizationId: ORGANIZATION, actor: 'usr_made', correlationId: newId('cor'), causationId: null }, newId, now: () => new Date() }), data,
  });
  const hear = async (events: readonly Event[]): Promise<void> => {
    const reaction = subgraph.reactions.find(({ type }) => type === events[0]?.type);
    await actingFor(ORGANIZATION, async () => {
      if (events.length > 1 && reaction?.reactAll !== undefined) await reaction.reactAll(events);
      else for (const each of events) await reaction?.react(each);
    });
  };
  const ask = async <Data>(document: typeof DEPOSIT, input: Record<string, unknown>): Promise<Data> => {
    const contextValue = subgraph.contextFor({ principal: principal({ organizationId: ORGANIZATION }), token: null, correlationId: newId('cor') });
    const { data, errors } = await execute({ schema: subgraph.schema, document, variableValues: { input }, contextValue });
    if (errors !== undefined) throw new Error(`a request failed: ${JSON.stringify(errors).slice(0, 500)}`);
    return data as Data;
  };
  const instrumentIds = Array.from({ length: instruments }, (_, at) => `ins_made${String(at).padStart(4, '0')}`);
  const portfolioIds = Array.from({ length: portfolios }, (_, at) => `prt_made${String(at).padStart(4, '0')}`);
  await hear(instrumentIds.map((instrumentId, at) => made(instrumentCreated, instrumentId, { instrumentId, symbol: `MADE${String(at)}`, name: `Made ${String(at)}`, assetClass: 'EQUITY', currency: 'USD', mic: 'XNYS' })));
  for (const portfolioId of portfolioIds) {
    await hear([made(portfolioCreated, portfolioId, { portfolioId, name: `Made ${portfolioId}`, baseCurrency: 'USD', investorId: null, lotMethod: 'FIFO', benchmarkInstrumentId: null })]);
    await ask(DEPOSIT, { portfolioId, amount: { amount: CASH, currency: 'USD' }, effectiveDate: '2016-01-01', idempotencyKey: newId('key') });
  }
  const settleAll = async (portfolioId: string, asOf: string): Promise<void> => {
    for (let more = true; more;) ({ settleDue: { more } } = await ask<{ settleDue: { more: boolean } }>(SETTLE, { asOf, portfolioId }));
  };
  let booked = 0;
  let runs = 0;
  for (const run of generatedRuns({ trades, portfolioIds, instrumentIds, seed })) {
    const validated = (of: typeof run.trades): Event[] => of.map((trade) => made(tradeValidated, run.portfolioId, { ...trade, checks: [], approvedBy: null }));
    await hear(validated(run.trades));
    if (run.amended.length > 0) await hear(validated(run.amended));
    if (run.cancelled.length > 0)
      await hear(run.cancelled.map(({ tradeId, portfolioId, instrumentId }) => made(tradeCancelled, portfolioId, { tradeId, version: 3, portfolioId, instrumentId })));
    if (settleEvery > 0 && Math.floor(runs / portfolios) % settleEvery === 0) await settleAll(run.portfolioId, run.trades.at(-1)?.tradeDate ?? '');
    booked += run.trades.length;
    runs += 1;
    say(booked);
  }
  return { portfolioIds, instrumentIds, trades: booked };
}
