/** What every part of the router's benchmark stands on: the subgraphs, the supergraph's file, an issuer, a collector of traces, the load. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../child.ts';
import { type Issuer, startIssuer } from '../gateways/issuer.ts';
import { type Collector, startCollector } from './collector.ts';
import type { Job, Measured, Target } from './load.ts';
import { type Processes, processes } from './processes.ts';
import { supergraphAt } from './shop/schemas.ts';

export interface World {
  readonly folder: string;
  readonly processes: Processes;
  /** Address of the subgraphs' server. */
  readonly subgraphs: string;
  /** File of the supergraph. */
  readonly supergraph: string;
  readonly issuer: Issuer;
  readonly collector: Collector;
  /** Runs one job; `target` may be one that `keep` has kept. */
  load(job: Job): Promise<Measured>;
  /** Writes a target for the load, and tells where. */
  keep(name: string, target: Target): string;
}

/** Ends all that it started, whatever `work` does. */
export async function inWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pms-bench-'));
  const started = processes(folder);
  const [issuer, collector] = await Promise.all([startIssuer(), startCollector()]);
  try {
    const subgraphs = await started.start({ file: join(import.meta.dirname, 'shop/server.ts'), awaited: /subgraphs at (\S+)/ });
    const supergraph = join(folder, 'supergraph.graphql');
    writeFileSync(supergraph, supergraphAt(subgraphs.said));
    const loader = await started.start({ file: join(import.meta.dirname, 'load.ts'), awaited: /(load ready)/ });
    return await work({
      folder, processes: started, subgraphs: subgraphs.said, supergraph, issuer, collector,
      load: (job) => under(loader, job),
      keep(name, target) {
        const file = join(folder, `${name}.json`);
        writeFileSync(file, JSON.stringify(target));
        return file;
      },
    });
  } finally {
    await started.stop();
    await Promise.all([issuer.close(), collector.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function under(loader: Child, job: Job): Promise<Measured> {
  loader.process.send?.(job);
  const [message] = (await once(loader.process, 'message')) as [Measured | { error: string }];
  if ('error' in message) throw new Error(message.error);
  return message;
}

/** One operation, with its token where there is one. Throws when what comes is no answer of GraphQL. */
export async function ask(url: string, body: string, token: string | undefined): Promise<{ readonly text: string; readonly data: unknown; readonly errors: unknown }> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }, body });
  const text = await response.text();
  if (!text.startsWith('{')) throw new Error(`${url} answered ${String(response.status)} ${text.slice(0, 500)}`);
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: unknown };
  return { text, data, errors };
}
