/** The rules for Prometheus: each is whole, and about metrics that the platform has and docs/operations.md explains. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const FILE = 'infra/prometheus/alerts.yaml';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}

const { groups } = parse(readFileSync(join(root, FILE), 'utf8')) as { readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[] };
const rules = groups.flatMap(({ rules: of }) => of);
const metricsIn = (text: string): string[] => [...new Set(text.match(/\bpms_[a-z_]+/g) ?? [])];

/** Every bracket closes, in its order. */
function isClosed(expr: string): boolean {
  const open: string[] = [];
  const closes: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  for (const each of expr.replaceAll(/"[^"]*"/g, '')) {
    if ('([{'.includes(each)) open.push(each);
    else if (closes[each] !== undefined && open.pop() !== closes[each]) return false;
  }
  return open.length === 0;
}

test('each rule has its name to itself, an expression, a severity, and says what is wrong and where to read on', () => {
  expect(rules.length).toBeGreaterThan(5);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, expr, for: lasting, labels, annotations } of rules) {
    expect(alert).toMatch(/^Pms[A-Za-z]+$/);
    expect(isClosed(expr), expr).toBe(true);
    if (lasting !== undefined) expect(lasting).toMatch(/^\d+[smhd]$/);
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.summary).not.toBe('');
    const [file = '', anchor = ''] = annotations.action.split('#');
    const headings = readFileSync(join(root, file), 'utf8').match(/^#+ .+$/gm) ?? [];
    expect(headings.map((heading) => heading.replace(/^#+ /, '').toLowerCase().replaceAll(' ', '-'))).toContain(anchor);
  }
});

test('what the rules are about is counted by the platform, and explained', () => {
  const told = metricsIn(readFileSync(join(root, 'docs/operations.md'), 'utf8'));
  const counted = globSync(['platform/*/src/**/*.ts', 'subgraphs/*/src/**/*.ts', 'processes/**/*.ts'], { cwd: root, exclude: (name) => name.includes('node_modules') }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return text.includes('pms_') ? metricsIn(text) : [];
  });
  for (const metric of rules.flatMap(({ expr }) => metricsIn(expr))) {
    expect(told).toContain(metric);
    expect(counted).toContain(metric);
  }
});

const promtool = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'promtool')).find((file) => existsSync(file));

test.skipIf(promtool === undefined && process.env['REQUIRE_PROMTOOL'] === undefined)('promtool, where it is at hand, finds nothing wrong', () => {
  const { status, stdout, stderr } = spawnSync(promtool ?? '', ['check', 'rules', join(root, FILE)], { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
});
