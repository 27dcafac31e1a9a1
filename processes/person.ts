/** `pms person export`: everything that is held about one person, in one JSON document, for whoever asks for their own data. Works beside a running platform, or without one. */
import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { auditSubgraph } from '@pms/audit';
import { authSubgraph } from '@pms/auth';
import { portfolioSubgraph } from '@pms/portfolio';
import { StartError } from '@pms/prisma/embedded';
import { silent } from '@pms/telemetry/logger';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { type Alone, alone } from './world.ts';

export async function exportPerson(environment: Environment, { organization, person }: { readonly organization: string; readonly person: string }, file: string | undefined): Promise<void> {
  const { url, close } = await openDatabase(environment);
  const [ofAuth, ofAudit, ofPortfolio] = await Promise.all((['auth', 'audit', 'portfolio'] as const).map((domain) => alone(environment, url, { domain, logger: silent }))) as [Alone, Alone, Alone];
  const [auth, audit, portfolio] = [authSubgraph(ofAuth.surroundings), auditSubgraph(ofAudit.surroundings), portfolioSubgraph(ofPortfolio.surroundings)];
  try {
    const [account, investor] = await Promise.all([auth.aboutPerson(organization, person), portfolio.aboutPerson(organization, person)]);
    let entries = 0;
    async function* text(): AsyncGenerator<string> {
      yield `{"format":"pms-person-export/1","organizationId":${JSON.stringify(organization)},"personId":${JSON.stringify(person)},"account":${JSON.stringify(account)},"investor":${JSON.stringify(investor)},"auditTrail":[`;
      for await (const entry of audit.aboutPerson(organization, person)) {
        yield `${entries === 0 ? '' : ','}\n${JSON.stringify(entry)}`;
        entries += 1;
      }
      yield '\n]}\n';
    }
    const written = Readable.from(text());
    await (file === undefined ? pipeline(written, process.stdout, { end: false }) : pipeline(written, createWriteStream(file, { mode: 0o600, flags: 'wx' })));
    if (account === null && investor === null && entries === 0) throw new StartError(`Nothing is held about ${person} in ${organization}.`);
    console.error(`${String(entries)} entries about ${person}`);
  } finally {
    await Promise.all([auth.close(), audit.close(), portfolio.close()]);
    await Promise.all([ofAuth, ofAudit, ofPortfolio].map(({ database }) => database.close()));
    await close();
  }
}
