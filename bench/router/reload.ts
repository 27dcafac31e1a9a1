/** A new supergraph every second under load: what fails (nothing may), and how much longer requests take meanwhile. */
import { renameSync, writeFileSync } from 'node:fs';
import { metricOf, type Ours, ours } from './contestants/start.ts';
import { fixed, say } from './print.ts';
import { sdls, supergraphAt } from './shop/schemas.ts';
import { targetOf } from './speed.ts';
import type { Measured } from './load.ts';
import { ask, type World } from './world.ts';

const CONNECTIONS = 16;
const EVERY_MS = 1_000;
/** So many supergraphs that each differ in a field; they come in turn. */
const VERSIONS = 8;
const LAST_TAKEN_MS_MAX = 15_000;
const LOOK_EVERY_MS = 200;

export interface ReloadReport {
  readonly requests: number;
  readonly failed: number;
  readonly written: number;
  readonly taken: number;
  readonly refused: number;
  /** One that comes while another is taken over may be left out; the last one may not. */
  readonly lastInUse: boolean;
  readonly quiet: Pace;
  readonly reloading: Pace;
}

interface Pace {
  readonly requestsPerSecond: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export async function measureReload(world: World, { seconds, warmUpSeconds }: { readonly seconds: number; readonly warmUpSeconds: number }): Promise<ReloadReport> {
  console.log('\nReload under load: another supergraph every second, varied operations');
  const router = await ours({ ...world, share: false }, { issuer: world.issuer.url, collector: world.collector.url });
  const job = { url: router.url, target: world.keep('reload', await targetOf(world, router.url, 'varied', false)), connections: CONNECTIONS };
  const versions = Array.from({ length: VERSIONS }, (_, at) => supergraphAt(world.subgraphs, { accounts: `${sdls['accounts'] ?? ''}\nextend type User { version${String(at)}: Int }` }));
  await world.load({ ...job, seconds: warmUpSeconds });
  const quiet = await world.load({ ...job, seconds });
  const state = { written: 0 };
  const timer = setInterval(() => {
    writeFileSync(`${world.supergraph}.new`, versions[state.written % VERSIONS] ?? '');
    renameSync(`${world.supergraph}.new`, world.supergraph);
    state.written += 1;
  }, EVERY_MS);
  const reloading = await world.load({ ...job, seconds });
  clearInterval(timer);
  const { written } = state;
  const [token] = await world.issuer.tokens(1);
  const lastInUse = await inUse(router, `version${String((written - 1) % VERSIONS)}`, token);
  const [taken = 0, refused = 0] = await Promise.all(['taken', 'refused'].map((outcome) => metricOf(router.admin, `pms_router_supergraph_reloads_total{outcome="${outcome}"}`)));
  const report: ReloadReport = { requests: reloading.requests, failed: reloading.wrong, written, taken, refused, lastInUse, quiet: figures(quiet), reloading: figures(reloading) };
  say('requests failed', `${String(report.failed)} of ${String(report.requests)}${reloading.example === null ? '' : ` (${reloading.example})`}`);
  say('supergraphs', `${String(written)} written, ${String(taken)} taken over, ${String(refused)} refused; the last one ${lastInUse ? 'is' : 'is NOT'} in use`);
  for (const [name, { requestsPerSecond, p99Ms, maxMs }] of Object.entries({ 'before': report.quiet, 'while reloading': report.reloading }))
    say(name, `${fixed(requestsPerSecond)} requests/s, p99 ${fixed(p99Ms, 1)} ms, longest ${fixed(maxMs, 1)} ms`);
  if (report.failed > 0 || refused > 0 || !lastInUse) process.exitCode = 1;
  return report;
}

const figures = ({ requests, seconds, p99Ms, maxMs }: Measured): Pace => ({ requestsPerSecond: requests / seconds, p99Ms, maxMs });

/** Whether what was written last is in use in the end: the only supergraph with its field. What the subgraph says to that field does not matter. */
async function inUse({ url }: Ours, field: string, token: string | undefined): Promise<boolean> {
  for (const end = Date.now() + LAST_TAKEN_MS_MAX; Date.now() < end;) {
    const { text } = await ask(url, JSON.stringify({ query: `{ me { ${field} } }` }), token);
    if (!text.includes('GRAPHQL_VALIDATION_FAILED')) return true;
    await new Promise((resolve) => void setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}
