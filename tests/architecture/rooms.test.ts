/** The doors between rooms: every rule is seen to fail on a small broken house, and holds in ours. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { expect, test } from 'vitest';

interface Doors {
  readonly forbidden: readonly { readonly name: string }[];
  readonly options: Readonly<Record<string, unknown>>;
}

const MODULES_MIN = 30;
const root = join(import.meta.dirname, '../..');
const { default: config } = (await import(pathToFileURL(join(root, '.dependency-cruiser.mjs')).href)) as { default: Doors };
const rooms = ['platform', 'schema', 'subgraphs', 'router', 'processes', 'prisma', 'scripts', 'bench', 'tests'];

async function cruised(baseDir: string): Promise<ICruiseResult> {
  const options = { ...config.options, tsConfig: undefined, exclude: baseDir === root ? config.options['exclude'] : undefined, ruleSet: { forbidden: config.forbidden }, validate: true, baseDir };
  const { output } = await cruise(rooms.filter((name) => existsSync(join(baseDir, name))), options as never, config.options['enhancedResolveOptions'] as never);
  if (typeof output === 'string') throw new Error(output);
  return output;
}

test('every rule about rooms has been seen to fail', async () => {
  const { summary } = await cruised(join(import.meta.dirname, 'planted'));
  const broken = new Set(summary.violations.map(({ rule }) => rule.name));
  expect([...broken].toSorted()).toEqual(config.forbidden.map(({ name }) => name).toSorted());
});

test('no file of ours is in the wrong room', async () => {
  const { summary } = await cruised(root);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  expect(summary.totalCruised).toBeGreaterThan(MODULES_MIN); // a cruise that sees nothing also finds nothing
}, 240_000); // a bound, not an expectation: it reads every file of the repository
