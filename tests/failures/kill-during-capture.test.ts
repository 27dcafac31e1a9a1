/** What a crash leaves behind: nothing lost that was acknowledged, nothing twice, and books that are the same when rebuilt. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PmsClient } from '@pms/client';
import { BooksDocument, CaptureTradeDocument, type CaptureTradeInput, CaptureTradesDocument, type TradeSide, TradesOfPortfolioDocument, VerifyAuditTrailDocument } from '@pms/client/generated';
import { startEmbeddedPostgres } from '@pms/prisma/embedded';
import { migrate } from '@pms/prisma/migrate';
import pg from 'pg';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { serviceClient } from '../journeys/support/clients.ts';
import { freePort, type Platform, type Shape, startPlatform, STARTS_WITHIN_MS } from '../journeys/support/platform.ts';
import { funded, lastWeekday, listed } from '../journeys/support/world.ts';

/** Printed with every failure, so that the moment of the kill can be had again: FAILURE_SEED=<n>. */
const seed = Number(process.env['FAILURE_SEED'] ?? 20_261_120);
const TRADES = 10_000;
const PORTFOLIOS = 4;
const BATCH = 20;
/** Between the calls of one client, so that a slow restart does not pile up work. */
const PAUSE_MS = 100;
const SETTLES = { timeout: 240_000, interval: 250 } as const;

/** mulberry32: the moments of one seed are the same everywhere. */
function moments(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface World {
  readonly platform: Platform;
  readonly client: PmsClient;
  readonly portfolioIds: readonly string[];
  trade(at: number): CaptureTradeInput;
  database<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>;
}

describe('after a crash', { timeout: 600_000 }, () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  }, STARTS_WITHIN_MS);

  async function world(shape: Shape, databaseUrl?: string): Promise<World> {
    const platform = await startPlatform(shape, { env: { PMS_RATE_LIMIT: '1000000/10' }, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
    closers.push(() => platform.stop());
    const client = serviceClient(platform);
    closers.push(() => client.close());
    const instrumentId = await listed(client, { symbol: 'ACME', until: lastWeekday(), close: 100 });
    const portfolioIds: string[] = [];
    for (let at = 0; at < PORTFOLIOS; at += 1) portfolioIds.push(await funded(client, `Crash ${String(at)}`, '100000000'));
    return {
      platform, client, portfolioIds,
      // purchases, and every fourth a sale of less than was bought before it
      trade: (at) => ({
        portfolioId: portfolioIds[at % PORTFOLIOS] ?? '', instrumentId, side: Math.floor(at / PORTFOLIOS) % 4 === 3 ? 'SELL' : 'BUY', quantity: String(1 + (at % 3)),
        price: (99 + (at % 200) / 100).toFixed(2), currency: 'USD', tradeDate: lastWeekday(), externalId: `crash-${String(at)}`,
        fees: [{ kind: 'COMMISSION', amount: { amount: '0.35', currency: 'USD' } }],
      }),
      database: async <Row extends pg.QueryResultRow>(text: string) => {
        const session = new pg.Client({ connectionString: platform.databaseUrl });
        await session.connect();
        try {
          return (await session.query<Row>(text)).rows;
        } finally {
          await session.end();
        }
      },
    };
  }

  /** All that must hold, whatever happened. */
  async function whole({ platform, client, portfolioIds, database }: World, trades: number): Promise<void> {
    await vi.waitFor(async () => {
      const standing = await database<{ status: string; count: number }>('select status, count(*)::int as count from trade_capture.trade_version group by 1 order by 1');
      const done = standing.filter(({ status }) => ['BOOKED', 'SETTLED'].includes(status)).reduce((sum, { count }) => sum + count, 0);
      expect({ seed, standing, done }).toMatchObject({ done: trades });
    }, SETTLES);
    const [{ captured, names, versions } = { captured: 0, names: 0, versions: 0 }] = await database<{ captured: number; names: number; versions: number }>(
      `select count(*)::int as captured, count(distinct external_id)::int as names, (select count(*)::int from trade_capture.trade_version) as versions from trade_capture.trade`);
    expect({ captured, names, versions }).toEqual({ captured: trades, names: trades, versions: trades });
    for (const portfolioId of portfolioIds) await cashFollows(client, portfolioId);
    await vi.waitFor(async () => {
      const [audited] = await database<{ count: number }>(`select count(*)::int as count from audit.chain_entry where action = 'TRADE_BOOKED'`);
      expect(audited?.count).toBe(trades);
    }, SETTLES);
    expect((await client.query(VerifyAuditTrailDocument)).verifyAuditTrail).toMatchObject({ valid: true, firstBroken: null });
    const rebuilt = await platform.pms('rebuild', '--verify');
    expect(rebuilt, rebuilt.output).toMatchObject({ code: 0 });
    expect(rebuilt.output).toMatch(/transactional .*the same figures/);
    expect((await platform.pms('events', 'dead')).output).toContain('no dead letters');
  }

  async function everyTrade(client: PmsClient, portfolioId: string, after?: string): Promise<{ side: TradeSide; quantity: string; price: string }[]> {
    const { portfolio } = await client.query(TradesOfPortfolioDocument, { portfolioId, first: 100, ...(after === undefined ? {} : { after }) });
    const page = portfolio?.trades.edges.map(({ node }) => node) ?? [];
    const next = portfolio?.trades.pageInfo;
    return next?.hasNextPage === true && next.endCursor != null ? [...page, ...(await everyTrade(client, portfolioId, next.endCursor))] : page;
  }

  /** Cash and holding are what the trades alone make of them, counted here in cents. */
  async function cashFollows(client: PmsClient, portfolioId: string): Promise<void> {
    let [cents, held] = [10_000_000_000, 0];
    for (const { side, quantity, price } of await everyTrade(client, portfolioId)) {
      const signed = side === 'BUY' ? Number(quantity) : -Number(quantity);
      cents -= signed * Math.round(Number(price) * 100) + 35;
      held += signed;
    }
    const { portfolio } = await client.query(BooksDocument, { portfolioId });
    const stored = { cents: Math.round(Number(portfolio?.cash[0]?.balance.amount) * 100), held: Number(portfolio?.positions[0]?.quantity) };
    expect(stored).toEqual({ cents, held });
  }

  test('`kill -9` during captureTrades of 10,000: the same call again, and each acknowledged trade is there once', async () => {
    const there = await world('one process');
    const { platform, client, trade, database } = there;
    const next = moments(seed);
    // one after another: a sale that arrives before the purchases that it sells is rejected, rightly
    const acknowledged: (string | undefined)[] = [];
    for (let at = 0; at < 20; at += 1) acknowledged.push((await client.mutate(CaptureTradeDocument, { input: trade(at) })).captureTrade.trade?.id);
    const trades = Array.from({ length: TRADES }, (_, at) => trade(at));
    // once while the call runs, once while what it captured is validated and booked
    for (const span of [1_500, 4_000]) {
      const cut = client.mutate(CaptureTradesDocument, { input: { trades } }).then(() => 'answered', () => 'cut off');
      await delay(next() * span);
      await platform.kill();
      expect(['answered', 'cut off']).toContain(await cut);
      await platform.restart();
    }
    const { captureTrades } = await client.mutate(CaptureTradesDocument, { input: { trades } });
    expect({ seed, ...captureTrades }).toMatchObject({ refused: 0, userErrors: [] });
    expect((captureTrades.captured ?? 0) + (captureTrades.duplicates ?? 0)).toBe(TRADES);
    await platform.kill();
    await platform.restart();
    await whole(there, TRADES);
    const kept = await database<{ id: string }>(`select id from trade_capture.trade where external_id in (${acknowledged.map((_, at) => `'crash-${String(at)}'`).join(', ')})`);
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(acknowledged));
  });

  test('`kill -9` of one domain after another while trades are captured: all of them are booked once', async () => {
    const there = await world('a process each');
    const { platform, client, trade } = there;
    const next = moments(seed + 1);
    const victims = ['transactional', 'validation', 'trade-capture', 'audit'] as const;
    let captured = 0;
    let stop = false;
    const capturing = (async () => {
      // A call that was cut off may have been carried out: it is made again until it is answered, after the last restart as well.
      for (let answered = true; !stop || !answered; await delay(PAUSE_MS)) {
        const trades = Array.from({ length: BATCH }, (_, at) => trade(captured + at));
        answered = await client.mutate(CaptureTradesDocument, { input: { trades } }).then(() => true, () => false);
        if (answered) captured += trades.length;
      }
    })();
    for (const victim of victims) {
      await delay(300 + next() * 700);
      await platform.kill(victim);
      await platform.restart(victim);
    }
    stop = true;
    await capturing;
    expect(captured).toBeGreaterThan(0);
    await whole(there, captured);
  });

  test('Postgres stops in the middle and comes back: the platform goes on by itself', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pms-failure-'));
    closers.push(async () => fs.rmSync(folder, { recursive: true, force: true }));
    const options = { dataDir: path.join(folder, 'data'), port: await freePort() };
    let server = await startEmbeddedPostgres(options);
    closers.push(() => server.stop());
    await migrate({ url: server.url });
    const there = await world('one process', server.url);
    const { client, trade } = there;
    const next = moments(seed + 2);
    let captured = 0;
    let stop = false;
    const capturing = (async () => {
      for (let answered = true; !stop || !answered; await delay(PAUSE_MS / 5)) {
        const answer = await client.mutate(CaptureTradeDocument, { input: trade(captured) }).catch(() => null);
        answered = answer?.captureTrade.trade != null;
        if (answered) captured += 1;
      }
    })();
    await delay(500 + next() * 1_000);
    process.kill(server.pid, 'SIGINT'); // a fast shutdown: sessions are cut, as when the server is restarted
    await vi.waitFor(() => expect(() => process.kill(server.pid, 0)).toThrow(), SETTLES);
    await delay(500);
    server = await startEmbeddedPostgres(options);
    const before = captured;
    await vi.waitFor(() => expect(captured).toBeGreaterThan(before + 20), SETTLES);
    stop = true;
    await capturing;
    await whole(there, captured);
  });
});
