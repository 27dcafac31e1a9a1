/**
 * Asks the registry for known faults of what is locked (`pnpm audit`), and ends with 1 where one of them is high or critical. Not every registry answers:
 * then nothing was looked at, which is said and is no failure. What needs no network is looked at by scripts/dependencies.ts.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import PNPM from './start/pnpm-version.json' with { type: 'json' };

const ANSWER_MS_MAX = 60_000;
const root = path.join(import.meta.dirname, '..');

interface Report {
  readonly advisories?: Readonly<Record<string, { readonly module_name: string; readonly severity: string; readonly title: string; readonly url: string }>>;
}

const { stdout, stderr, error } = spawnSync('npx', ['--yes', '--package', `pnpm@${PNPM}`, '--', 'pnpm', 'audit', '--json'], { cwd: root, encoding: 'utf8', timeout: ANSWER_MS_MAX, env: { ...process.env, CI: '1' }, shell: process.platform === 'win32' });

/** Null where the answer is none. */
function reportIn(text: string): Report | null {
  try {
    const report: unknown = JSON.parse(text);
    return typeof report === 'object' && report !== null && 'advisories' in report ? report as Report : null;
  } catch {
    return null;
  }
}

const report = reportIn(stdout);
if (report === null) console.log(`advisories were not looked at: the registry does not answer (${/ERR_\w+/.exec(`${error?.message ?? ''} ${stderr} ${stdout}`)?.[0] ?? 'no report'})`);
else {
  const all = Object.values(report.advisories ?? {});
  const grave = all.filter(({ severity }) => severity === 'high' || severity === 'critical');
  for (const { module_name: name, severity, title, url } of grave) console.error(`${name}: ${severity}: ${title} (${url})`);
  console.log(`${all.length} advisories, ${grave.length} of them high or critical`);
  process.exitCode = grave.length === 0 ? 0 : 1;
}
