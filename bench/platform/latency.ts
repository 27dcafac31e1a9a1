/** How long after a mutation was sent its event arrives at a subscriber: captureTrade to tradeEvents, one at a time on a quiet platform. */
import { setTimeout as delay } from 'node:timers/promises';
import { CaptureTradeDocument, TradeEventsDocument } from '@pms/client/generated';
import { percentile } from '../gateways/load.ts';
import type { World } from './world.ts';

const WARM_UP = 20;
const PAUSE_MS = 40;
const ARRIVES_WITHIN_MS = 10_000;

export interface LatencyFigures {
  readonly trades: number;
  /** From sending the mutation to the message CAPTURED. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From sending the mutation to the message BOOKED: validated, booked, told. */
  readonly bookedP50Ms: number;
  readonly bookedP99Ms: number;
  /** The mutation's own answer. */
  readonly answerP50Ms: number;
}

type Times = Map<string, number>;

export async function measureLatency(world: World, trades: number): Promise<LatencyFigures> {
  const { client, instrumentId, day, portfolioIds } = world;
  const portfolioId = portfolioIds[0] ?? '';
  const arrived: Record<'CAPTURED' | 'BOOKED', Times> = { CAPTURED: new Map(), BOOKED: new Map() };
  const stop = new AbortController();
  let open = false;
  const listening = (async () => {
    for await (const { tradeEvents: { kind, trade } } of client.subscribe(TradeEventsDocument, { portfolioId }, { signal: stop.signal })) {
      open = true;
      if (kind === 'CAPTURED' || kind === 'BOOKED') arrived[kind].set(trade.id, performance.now());
    }
  })().catch((error: unknown) => { if (!stop.signal.aborted) throw error; });
  const sent: Times = new Map();
  const answered: Times = new Map();
  const capture = async (externalId: string): Promise<string> => {
    const at = performance.now();
    const { captureTrade } = await client.mutate(CaptureTradeDocument, {
      input: { portfolioId, instrumentId, side: 'BUY', quantity: '1', price: '100.25', currency: 'USD', tradeDate: day, externalId },
    });
    const id = captureTrade.trade?.id ?? '';
    sent.set(id, at);
    answered.set(id, performance.now());
    return id;
  };
  while (!open) { // events before the subscription stood are not told: the first that arrives says that it stands
    await capture(`open-${String(performance.now())}`);
    await delay(PAUSE_MS * 5);
  }
  const measured: string[] = [];
  for (let at = 0; at < WARM_UP + trades; at += 1) {
    const id = await capture(`latency-${String(at)}`);
    for (const end = performance.now() + ARRIVES_WITHIN_MS; !arrived.BOOKED.has(id) && performance.now() < end;) await delay(1);
    if (at >= WARM_UP) measured.push(id);
    await delay(PAUSE_MS);
  }
  stop.abort();
  await listening;
  const since = (times: Times): number[] => measured.map((id) => (times.get(id) ?? Number.NaN) - (sent.get(id) ?? 0)).toSorted((a, b) => a - b);
  const [captured, booked, answers] = [since(arrived.CAPTURED), since(arrived.BOOKED), since(answered)];
  if ([...captured, ...booked].some(Number.isNaN)) throw new Error('an event did not arrive');
  return {
    trades, p50Ms: percentile(captured, 0.5), p99Ms: percentile(captured, 0.99), bookedP50Ms: percentile(booked, 0.5), bookedP99Ms: percentile(booked, 0.99),
    answerP50Ms: percentile(answers, 0.5),
  };
}
