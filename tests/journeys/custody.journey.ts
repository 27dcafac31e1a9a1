/** A custodian's statement at the command line: what agrees, what differs, what cannot be read; and the breaks that it leaves for people. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PmsClient } from '@pms/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operation, serviceClient } from './support/clients.ts';
import { type Journey, PATIENCE, type Platform } from './support/platform.ts';
import { arrived, captured, funded, lastWeekday, listed } from './support/world.ts';

interface Answer {
  readonly reconciliationBreaks: { readonly edges: readonly unknown[] };
}

export const custody: Journey = (at) => describe('custody', PATIENCE, () => {
  let platform: Platform;
  let service: PmsClient;
  let folder: string;
  let instrumentId: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'pms-custody-'));
    platform = at();
    service = serviceClient(platform);
    instrumentId = await listed(service, { symbol: 'CUST', until: lastWeekday(), close: 100 });
    const portfolioId = await funded(service, 'Kept elsewhere', '100000');
    await arrived(service, await captured(service, { portfolioId, instrumentId, side: 'BUY', quantity: '10', price: '100', currency: 'USD', tradeDate: lastWeekday(), externalId: 'c-1' }), 'BOOKED');
  }, PATIENCE.timeout);
  afterAll(async () => {
    await service?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, text: string): string => {
    const there = path.join(folder, name);
    writeFileSync(there, text);
    return there;
  };
  test('a statement that agrees, one that differs, and one that cannot be read', async () => {
    const today = new Date().toISOString().slice(0, 10); // of now: midnight may have passed since the cash came
    const mapping = file('bank.yaml', 'custodian: First Bank\naccounts: { A1: Kept elsewhere }\ninstruments: {}\nbasis: TRADED\n');
    const good = await platform.pms('import', 'custody', file('good.csv', `account,date,symbol,quantity,currency\nA1,${today},CUST,10,\nA1,${today},,99000,USD\n`), '--mapping', mapping);
    expect(good).toMatchObject({ code: 0, output: expect.stringContaining('2 match, 0 differ, version 1') });
    const dry = await platform.pms('import', 'custody', file('other.csv', `account,date,symbol,quantity\nA1,${today},CUST,12\nA1,${today},NONE,3\n`), '--mapping', mapping, '--dry-run');
    expect(dry.output).toContain('0 match, 2 differ (nothing was kept)');
    const fin = `{1:F01BANKUS33AXXX0000000000}{2:O5351200261120BANKUS33AXXX00000000002611201200N}{4:\r\n:16R:GENL\r\n:28E:1/ONLY\r\n:20C::SEME//S1\r\n:23G:NEWM\r\n:98A::STAT//${today.replaceAll('-', '')}\r\n:22F::STBA//TRAD\r\n:97A::SAFE//A1\r\n:17B::ACTI//Y\r\n:16S:GENL\r\n:16R:SUBSAFE\r\n:16R:FIN\r\n:35B:/TS/CUST\r\n:93B::AGGR//UNIT/12,\r\n:16S:FIN\r\n:16S:SUBSAFE\r\n-}`;
    const swift = await platform.pms('import', 'custody', file('s.fin', fin), '--custodian', 'First Bank', '--account', 'A1=Kept elsewhere');
    expect(swift.output).toContain('0 match, 1 differ, version 2');
    expect(swift.output).toMatch(/QUANTITY_DIFFERS\s+CUST\s+theirs 12, ours 10, difference 2/);
    const bad = await platform.pms('import', 'custody', file('bad.csv', `account,date,symbol,quantity\nA1,${today},CUST,ten\n`), '--mapping', mapping);
    expect(bad).toMatchObject({ code: 1, output: expect.stringContaining('line 2, quantity: "ten" is not a number') });
    const broken = { kind: 'QUANTITY_DIFFERS', portfolio: { name: 'Kept elsewhere' }, instrument: { symbol: 'CUST' }, difference: '2', status: 'OPEN' };
    const answer: Answer = await service.query(operation('{ reconciliationBreaks { edges { node { kind portfolio { name } instrument { symbol } difference ageDays status } } } }'), {});
    // a day old where midnight has passed since
    expect([{ node: { ...broken, ageDays: 0 } }, { node: { ...broken, ageDays: 1 } }]).toContainEqual(answer.reconciliationBreaks.edges[0]);
    expect(answer.reconciliationBreaks.edges).toHaveLength(1);
  });
});
