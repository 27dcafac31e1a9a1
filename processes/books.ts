/**
 * `pms books verify`: proves the books from what is recorded, portfolio by portfolio, and names each thing that does not hold. Works beside a running
 * platform, or without one; changes nothing. Fails when anything was found.
 */
import process from 'node:process';
import { StartError } from '@pms/prisma/embedded';
import { silent } from '@pms/telemetry/logger';
import { transactionalSubgraph, type TransactionalSubgraph } from '@pms/transactional';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { alone } from './world.ts';

type Verified = ReturnType<TransactionalSubgraph['verify']> extends AsyncIterable<infer Each> ? Each : never;

export interface VerifyBooks {
  readonly organization?: string;
  readonly portfolio?: string;
  /** One JSON object a line: each finding, then the summary. */
  readonly json: boolean;
}

export async function verifyBooks(environment: Environment, { organization, portfolio, json }: VerifyBooks): Promise<void> {
  const { url, close } = await openDatabase(environment);
  const { surroundings, database } = await alone(environment, url, { domain: 'transactional', logger: silent });
  const books = transactionalSubgraph(surroundings);
  try {
    const { portfolios, findings } = await told(books.verify({ organizationId: organization ?? null, portfolioId: portfolio ?? null }), json);
    if (portfolio !== undefined && portfolios === 0) throw new StartError(`There is no portfolio ${portfolio} in the books.`);
    if (findings > 0) process.exitCode = 1;
  } finally {
    await books.close();
    await database.close();
    await close();
  }
}

interface Total { portfolios: number; facts: number; entries: number; trades: number; findings: number }

/** Says what was found as it is found; then how much was gone through. */
async function told(verified: AsyncIterable<Verified>, json: boolean): Promise<Total> {
  const total: Total = { portfolios: 0, facts: 0, entries: 0, trades: 0, findings: 0 };
  for await (const { portfolioId, facts, entries, trades, findings } of verified) {
    total.portfolios += portfolioId === null ? 0 : 1;
    total.facts += facts;
    total.entries += entries;
    total.trades += trades;
    total.findings += findings.length;
    for (const finding of findings) console.log(json ? JSON.stringify({ finding }) : sentence(finding));
  }
  const { portfolios, facts, entries, trades, findings } = total;
  const outcome = findings === 0 ? 'everything holds' : `${String(findings)} findings`;
  console.log(json ? JSON.stringify({ summary: total }) : `${String(portfolios)} portfolios, ${String(facts)} facts, ${String(entries)} entries, ${String(trades)} trades: ${outcome}`);
  return total;
}

const sentence = ({ portfolioId, table, what, expected, found, check }: Verified['findings'][number]): string =>
  `${portfolioId ?? 'of no portfolio'}  ${table}: ${what}: expected ${expected}, found ${found} (${check})`;
