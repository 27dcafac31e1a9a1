/** `pms export`: a data set as CSV or JSON, to the terminal or into a file, page by page. Works beside a running platform, or without one. */
import fs from 'node:fs';
import process from 'node:process';
import { once } from 'node:events';
import { DomainError } from '@pms/errors';
import { StartError } from '@pms/prisma/embedded';
import { filterOf } from '@pms/subgraph/export-routes';
import { type ExportFilter, type ExportFormat, written } from '@pms/subgraph/exports';
import { silent } from '@pms/telemetry/logger';
import { catalogue } from './catalogue.ts';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { exportOwners } from './export-owners.ts';
import { alone } from './world.ts';

export interface Export extends Partial<ExportFilter> {
  readonly organization: string;
  readonly format: ExportFormat;
  /** A file that is not there yet; else the terminal. */
  readonly output?: string;
}

export async function runExport(environment: Environment, name: string, { organization, format, output, ...filter }: Export): Promise<void> {
  const owner = Object.hasOwn(exportOwners, name) ? exportOwners[name] : undefined;
  if (owner === undefined) throw new StartError(`There is no data set ${name}; there are ${Object.keys(exportOwners).join(', ')}.`);
  const { url, close } = await openDatabase(environment);
  const { surroundings, database } = await alone(environment, url, { domain: owner, logger: silent });
  const subgraph = (await catalogue[owner]())(surroundings);
  try {
    const dataset = subgraph.datasets?.find((each) => each.name === name);
    if (dataset === undefined) throw new Error(`${owner} gives out no ${name}`);
    const query = { organizationId: organization, ...checked(() => filterOf(dataset, given(filter))) };
    await write(written(dataset, query, format), output);
  } finally {
    await subgraph.close();
    await database.close();
    await close();
  }
}

const given = (filter: Partial<ExportFilter>): Record<string, unknown> => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

function checked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) throw new StartError(`${error.message}.`);
    throw error;
  }
}

/** No faster than it is taken. */
async function write(chunks: AsyncIterable<string>, output: string | undefined): Promise<void> {
  if (output !== undefined && fs.existsSync(output)) throw new StartError(`${output} is there already.`);
  const to = output === undefined ? process.stdout : fs.createWriteStream(output, { flags: 'wx' });
  for await (const chunk of chunks) if (!to.write(chunk)) await once(to, 'drain');
  if (to === process.stdout) return;
  to.end();
  await once(to, 'finish');
}
