/** The table of one part of the speed benchmark. */
import { fixed, row, say } from './print.ts';
import type { Figures, Name, SpeedReport } from './speed.ts';

/** Beyond, requests a second say more about the others. */
const OTHERS_CORES_MAX = 0.1;

export const titles: Readonly<Record<Name, string>> = {
  ours: 'our router', stock: 'stock ApolloGateway', hive: 'Hive Gateway (JavaScript)', hiveNative: 'Hive Gateway (Rust planner)', bare: 'bare Node server, the limit',
};

export function showSpeed({ sharing, set, operations, meanAnswerBytes, figures, othersCores, traceMessages }: SpeedReport): void {
  console.log(`\nIn-flight sharing ${sharing ? 'on' : 'off'}, ${set === 'varied' ? `${String(operations)} operations, some oftener` : `one operation${set === 'changing' ? ', subgraphs that never say the same' : ''}`}, answers of ${fixed(meanAnswerBytes / 1_000, 1)} kB`);
  row('', ['requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'MiB', 'fetches']);
  for (const [name, { requestsPerSecond, p50Ms, p99Ms, cpuMsPerRequest, residentMib, fetches }] of Object.entries(figures) as [Name, Figures][])
    row(titles[name], [fixed(requestsPerSecond, 1), fixed(p50Ms, 1), fixed(p99Ms, 1), fixed(cpuMsPerRequest, 2), String(residentMib ?? '?'), fixed(fetches, 1)]);
  if (othersCores !== null && othersCores > OTHERS_CORES_MAX) console.log(`Others used ${fixed(othersCores, 2)} cores of this machine meanwhile: only CPU ms is worth something.`);
  const { ours, ...others } = figures;
  if (ours === undefined) return;
  for (const [name, theirs] of Object.entries(others) as [Name, Figures][]) {
    const ratio = ours.cpuMsPerRequest === null || theirs.cpuMsPerRequest === null ? null : theirs.cpuMsPerRequest / ours.cpuMsPerRequest;
    say(`ours / ${titles[name]}`, `${fixed(ours.requestsPerSecond / theirs.requestsPerSecond, 2)} in requests/s, ${fixed(ratio, 2)} in requests per CPU second`);
  }
  say('traces of ours', `${String(traceMessages)} messages to the collector`);
}
