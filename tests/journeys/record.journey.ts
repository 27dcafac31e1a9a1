/** What the platform keeps of what happened: a chain of everything that nobody can change unseen, and events that could not be handled. */
import type { PmsClient } from '@pms/client';
import { AmendTradeDocument, AuditTrailDocument, AuditTrailOfTradeDocument, CaptureTradeDocument, type CaptureTradeInput, CreatePortfolioDocument, VerifyAuditTrailDocument } from '@pms/client/generated';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { foundOrganization, operation, serviceClient, userClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { signIn } from './support/sign-in.ts';
import { arrived, captured, funded, lastWeekday, listed, SOON } from './support/world.ts';

export const onRecord: Journey = (at) => describe('the record', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  let trader: PmsClient;
  let database: pg.Client;
  let instrumentId: string;
  let portfolioId: string;
  let tradeId: string;

  const buy = (externalId: string, over: Partial<CaptureTradeInput> = {}): CaptureTradeInput => ({
    portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId, ...over,
  });
  const verified = async (client = service) => (await client.query(VerifyAuditTrailDocument)).verifyAuditTrail;

  beforeAll(async () => {
    platform = at();
    service = serviceClient(platform);
    trader = await userClient(platform, 'trader');
    database = new pg.Client({ connectionString: platform.databaseUrl });
    await database.connect();
    instrumentId = await listed(service, { symbol: 'RECO', until: lastWeekday(), close: 100 });
    portfolioId = await funded(service, 'On the record', '100000');
    tradeId = await captured(trader, buy('recorded'));
    await arrived(trader, tradeId, 'BOOKED');
    await trader.mutate(AmendTradeDocument, { input: { tradeId, quantity: '11', reason: 'a correction' } });
  }, PATIENCE.timeout);
  afterAll(async () => {
    await Promise.all([service, trader].map((client) => client?.close()));
    await database?.end();
  });

  test('the audit trail of a trade says who did what, why, and what came of it', async () => {
    const entries = await vi.waitFor(async () => {
      const { trade } = await service.query(AuditTrailOfTradeDocument, { tradeId });
      const found = trade?.auditTrail.edges.map(({ node }) => node) ?? [];
      expect(found.filter(({ action }) => action === 'TRADE_BOOKED')).toHaveLength(2);
      return found;
    }, SOON);
    // the trail has them as it heard them: over Kafka there is no order between domains, and what came of a thing may be heard before it
    const actions = entries.toSorted((left, right) => left.at.localeCompare(right.at)).map(({ action }) => action);
    expect(actions.slice(0, 3)).toEqual(['TRADE_CAPTURED', 'TRADE_VALIDATED', 'TRADE_BOOKED']);
    const amended = entries.find(({ action }) => action === 'TRADE_AMENDED');
    expect(amended).toMatchObject({ reason: 'a correction', actor: expect.stringMatching(/^usr_/), subjects: expect.arrayContaining([tradeId, portfolioId]) });
    const booked = entries.findLast(({ action }) => action === 'TRADE_BOOKED');
    expect(booked).toMatchObject({ actor: 'system:transactional', correlationId: amended?.correlationId });
    expect(booked?.causationId).not.toBeNull();
  });

  test('a refused access is on record with where it came from, of somebody known in their organisation and of nobody in the platform’s chain', async () => {
    const refused = (headers: Record<string, string>) => fetch(`${platform.url}/graphql`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': 'a curious program', ...headers }, body: JSON.stringify({ query: '{ users { edges { node { id } } } }' }),
    });
    const { accessToken } = await signIn(platform.url, { email: 'trader@demo.example', password: 'demo' });
    await refused({ authorization: `Bearer ${accessToken}`, 'x-correlation-id': 'a-refused-access' });
    await refused({ authorization: 'Bearer rubbish', 'x-correlation-id': 'an-unknown-access' });
    const trail = operation('query ($id: String!) { auditTrail(filter: { correlationId: $id }) { edges { node { action actor data client { address userAgent } } } } }');
    await vi.waitFor(async () => {
      const { auditTrail } = await service.query(trail, { id: 'a-refused-access' }) as any; // oxlint-disable-line typescript/no-explicit-any -- asserted on here
      expect(auditTrail.edges).toMatchObject([{ node: { action: 'ACCESS_RECORDED', actor: expect.stringMatching(/^usr_/), data: { kind: 'REFUSED', codes: ['FORBIDDEN'] }, client: { address: expect.any(String), userAgent: 'a curious program' } } }]);
      const { rows } = await database.query(`select actor from audit.chain_entry where organization_id = 'platform' and correlation_id = 'an-unknown-access'`);
      expect(rows).toEqual([{ actor: 'anonymous' }]);
      const signedIn = await database.query(`select 1 from audit.chain_entry where action = 'SIGNED_IN'`);
      expect(signedIn.rows.length).toBeGreaterThan(0);
    }, SOON);
    expect(await platform.pms('audit', 'verify')).toMatchObject({ code: 0, output: expect.stringContaining('the chain holds') });
  });

  test('the chain of an organisation verifies, and is its own', async () => {
    const other = await foundOrganization(platform, 'record');
    const before = await verified();
    expect(before).toMatchObject({ valid: true, firstBroken: null, problem: null, entries: expect.any(Number) });
    expect(before.entries).toBeGreaterThan(8);
    const theirs = await verified(other.service);
    expect(theirs.valid).toBe(true);
    expect(theirs.entries).toBeLessThan(before.entries);
    const { auditTrail } = await other.service.query(AuditTrailDocument, { first: 100 });
    expect(auditTrail.edges.some(({ node }) => node.subjects.includes(tradeId))).toBe(false);
    const page = await service.query(AuditTrailDocument, { last: 5 });
    expect(page.auditTrail.edges.slice(1).every(({ node }, index) => node.previousHash === page.auditTrail.edges[index]?.node.hash)).toBe(true);
    await Promise.all([other.admin.close(), other.service.close()]);
  });

  test('the database refuses an edit of the chain; one that is forced is found where it is', async () => {
    const { rows: [entry] } = await database.query<{ organization_id: string; seq: string; actor: string }>(
      `select organization_id, seq, actor from audit.chain_entry where action = 'TRADE_AMENDED' and data->>'tradeId' = $1`, [tradeId]);
    const edit = (actor: string) => database.query('update audit.chain_entry set actor = $3 where organization_id = $1 and seq = $2', [entry?.organization_id, entry?.seq, actor]);
    await expect(edit('usr_somebody_else')).rejects.toThrow('only ever added to');
    await database.query(`set session_replication_role = replica`); // what only a superuser can: triggers are silent
    await edit('usr_somebody_else');
    expect(await verified()).toMatchObject({ valid: false, firstBroken: Number(entry?.seq), problem: 'CONTENT_CHANGED' });
    await edit(entry?.actor ?? '');
    await database.query(`set session_replication_role = origin`);
    expect(await verified()).toMatchObject({ valid: true, firstBroken: null });
  });

  test('an event that cannot be handled becomes a dead letter, holds up its own key alone, and is replayed', async () => {
    await database.query(`create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'planted fault'; end $$;
      create trigger planted before insert on trade_capture.known_portfolio for each row execute function public.refuse()`);
    const { createPortfolio } = await service.mutate(CreatePortfolioDocument, { input: { name: 'Late', baseCurrency: 'USD', idempotencyKey: 'late' } });
    const late = createPortfolio.portfolio?.id ?? '';
    // attempts are made at growing distances; the journey does not wait for the clock between them
    const hurry = `update bus.parked_event set next_attempt_at = now() where not dead and consumer = 'trade-capture'`;
    await vi.waitFor(async () => {
      await database.query(hurry);
      const { rows } = await database.query('select 1 from bus.parked_event where dead and consumer = $1 and key = $2', ['trade-capture', late]);
      expect(rows).toHaveLength(1);
    }, SOON);
    expect((await trader.mutate(CaptureTradeDocument, { input: buy('too early', { portfolioId: late }) })).captureTrade).toMatchObject({ trade: null, userErrors: [{ code: 'NOT_FOUND' }] });
    await arrived(trader, await captured(trader, buy('not held up')), 'BOOKED');

    const dead = await platform.pms('events', 'dead');
    expect(dead).toMatchObject({ code: 0, output: expect.stringContaining(late) });
    expect(dead.output).toMatch(/portfolio\.portfolio-created\.v1 {2}for trade-capture[\s\S]*planted fault/);
    await database.query('drop trigger planted on trade_capture.known_portfolio');
    const replayed = await platform.pms('events', 'replay');
    expect(replayed).toMatchObject({ code: 0, output: expect.stringMatching(/^[1-9]\d* set free/) });
    await vi.waitFor(async () => {
      const { captureTrade } = await trader.mutate(CaptureTradeDocument, { input: buy('in time', { portfolioId: late }) });
      expect(captureTrade.userErrors).toEqual([]);
    }, SOON);
    expect((await platform.pms('events', 'dead')).output).toContain('no dead letters');
  });

  test('projections rebuilt from the recorded facts are those that are stored', async () => {
    expect(await platform.pms('rebuild', '--verify')).toMatchObject({ code: 0, output: expect.stringContaining('the same figures') });
  });
});
