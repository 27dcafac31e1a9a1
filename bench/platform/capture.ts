/** Captured trades per second, durable, through the public API, singly and in bulk; beside them the same rows by SQL alone on the same server. */
import { setTimeout as delay } from 'node:timers/promises';
import { CaptureTradeDocument, type CaptureTradeInput, type CaptureTradeMutation, CaptureTradesDocument, type CaptureTradesMutation } from '@pms/client/generated';
import { type DocumentNode, print } from 'graphql';
import pg from 'pg';
import { Pool } from 'undici';
import { insertInBulk, insertSingly, recorded } from './raw.ts';
import type { World } from './world.ts';

export const CLIENTS = 16;
const BOOKED_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 50;

export interface CaptureFigures {
  readonly name: string;
  readonly trades: number;
  /** Acknowledged, and so committed. */
  readonly tradesPerSecond: number;
  readonly rawTradesPerSecond: number;
  readonly ratio: number;
  /** From the first request until the last of them was booked (or rejected). */
  readonly bookedPerSecond: number;
}

interface Sender {
  send<Data>(document: DocumentNode, input: unknown): Promise<Data>;
  close(): Promise<void>;
}

async function sender({ platform, client }: World, connections: number): Promise<Sender> {
  const pool = new Pool(platform.url, { connections, pipelining: 1 });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${(await client.token()) ?? ''}` };
  const texts = new Map<unknown, string>();
  return {
    async send<Data>(document: DocumentNode, input: unknown) {
      const query = texts.get(document) ?? print(document);
      texts.set(document, query);
      const { body } = await pool.request({ path: '/graphql', method: 'POST', headers, body: JSON.stringify({ query, variables: { input } }) });
      const { data, errors } = (await body.json()) as { data?: Data; errors?: unknown };
      if (errors !== undefined || data === undefined) throw new Error(`a capture failed: ${JSON.stringify(errors).slice(0, 500)}`);
      return data;
    },
    close: () => pool.close(),
  };
}

const tradeOf = ({ instrumentId, portfolioIds, day }: World, portfolio: number, externalId: string): CaptureTradeInput => ({
  portfolioId: portfolioIds[portfolio % portfolioIds.length] ?? '', instrumentId, side: 'BUY', quantity: '1', price: '100.25', currency: 'USD', tradeDate: day, externalId,
  fees: [{ kind: 'COMMISSION', amount: { amount: '0.35', currency: 'USD' } }],
});

/** One trade a request, one client a connection. */
export async function measureSingly(world: World, seconds: number): Promise<CaptureFigures> {
  const { send, close } = await sender(world, CLIENTS);
  const load = async (prefix: string, forSeconds: number): Promise<{ trades: number; begun: number; tookMs: number }> => {
    let trades = 0;
    const begun = performance.now();
    const end = begun + forSeconds * 1_000;
    await Promise.all(Array.from({ length: CLIENTS }, async (_, portfolio) => {
      for (let at = 0; performance.now() < end; at += 1) {
        const { captureTrade } = await send<CaptureTradeMutation>(CaptureTradeDocument, tradeOf(world, portfolio, `${prefix}-${String(portfolio)}-${String(at)}`));
        if (captureTrade.trade == null) throw new Error(`a capture was refused: ${JSON.stringify(captureTrade.userErrors)}`);
        trades += 1;
      }
    }));
    return { trades, begun, tookMs: performance.now() - begun };
  };
  try {
    await load('warm', 2);
    await settled(world);
    const { trades, begun, tookMs } = await load('single', seconds);
    await settled(world);
    const booked = performance.now() - begun;
    const rows = await recorded(world.platform.databaseUrl, 'single-');
    return figures(`one a request, ${String(CLIENTS)} clients`, trades, tookMs, booked, await insertSingly(world.rawUrl, rows, CLIENTS));
  } finally {
    await close();
  }
}

/** So many trades a request, one request after another. */
export async function measureBulk(world: World, size: number, calls: number): Promise<CaptureFigures> {
  const { send, close } = await sender(world, 1);
  const prefix = `bulk${String(size)}`;
  try {
    const begun = performance.now();
    for (let call = 0; call < calls; call += 1) {
      const trades = Array.from({ length: size }, (_, at) => tradeOf(world, at, `${prefix}-${String(call)}-${String(at)}`));
      const { captureTrades } = await send<CaptureTradesMutation>(CaptureTradesDocument, { trades });
      if (captureTrades.captured !== size) throw new Error(`of ${String(size)} trades ${String(captureTrades.captured)} were captured: ${JSON.stringify(captureTrades.userErrors).slice(0, 500)}`);
    }
    const tookMs = performance.now() - begun;
    await settled(world);
    const booked = performance.now() - begun;
    const rows = await recorded(world.platform.databaseUrl, `${prefix}-`);
    return figures(`${String(size)} a request`, size * calls, tookMs, booked, await insertInBulk(world.rawUrl, rows, size));
  } finally {
    await close();
  }
}

function figures(name: string, trades: number, tookMs: number, bookedMs: number, rawTradesPerSecond: number): CaptureFigures {
  const tradesPerSecond = trades / (tookMs / 1_000);
  return { name, trades, tradesPerSecond, rawTradesPerSecond, ratio: tradesPerSecond / rawTradesPerSecond, bookedPerSecond: trades / (bookedMs / 1_000) };
}

/** Waits until nothing is on its way into the books. */
async function settled({ platform: { databaseUrl } }: World): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const end = performance.now() + BOOKED_WITHIN_MS; performance.now() < end; await delay(LOOK_EVERY_MS)) {
      const { rows } = await client.query(`select 1 from trade_capture.trade_version where status in ('CAPTURED', 'VALIDATED') limit 1`);
      if (rows.length === 0) return;
    }
    throw new Error('captured trades were not booked in time');
  } finally {
    await client.end();
  }
}
