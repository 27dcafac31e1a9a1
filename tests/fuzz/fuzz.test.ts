/** Every parser of what comes from outside, a bounded number of mutated inputs each, with a seed that is printed; and what holds of the fuzzing itself. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutatedJson, mutatedText } from './support/mutated.ts';
import { type Report, runTargets } from './support/run.ts';
import { stepCounter } from './support/steps.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_126);
/** All of them together, on a busy machine. */
const MS_MAX = 600_000;

const names = readdirSync(path.join(import.meta.dirname, 'targets')).filter((file) => file !== 'all.ts')
  .flatMap((file) => [...readFileSync(path.join(import.meta.dirname, 'targets', file), 'utf8').matchAll(/^ {2}name: '([^']+)'/gm)].map(([, name = '']) => name));

describe(`with seed ${seed}`, () => {
  let running: Promise<readonly Report[]> | undefined;
  const reports = (): Promise<readonly Report[]> => running ??= runTargets({ names, seed, runs: RUNS, growth: true });

  test.each(names)('%s', async (name) => {
    const report = (await reports()).find(({ target }) => target === name);
    expect(report?.failures.map(({ what, path: at }) => `${what}\nagain: pnpm fuzz --only ${name} --seed ${seed}${at === null ? '' : ` --path ${at}`}`)).toEqual([]);
  }, MS_MAX);
});

test('mutations keep most of a sample, and reach every part of it', () => {
  const [texts, trees] = [fc.sample(mutatedText(['one,two\nthree,4'], [';']), { seed, numRuns: 400 }), fc.sample(mutatedJson([{ a: [1, { b: 'x' }], c: null }]), { seed, numRuns: 400 })];
  for (const part of ['one', 'two', 'three', '4', '\n']) {
    const kept = texts.filter((text) => text.includes(part)).length;
    expect(kept, part).toBeGreaterThan(100);
    expect(kept, part).toBeLessThan(390);
  }
  const shapes = new Set(trees.map((tree) => JSON.stringify(tree)));
  expect(shapes.size).toBeGreaterThan(150);
  expect([...shapes].some((shape) => shape?.includes('__proto__')), 'members with names that objects have').toBe(true);
});

test('work that grows with the square of its input is told from work that grows with it, by counting', async () => {
  const counter = await stepCounter();
  const growth = async (work: (size: number) => void): Promise<number> => (await counter.of(() => work(800))) / (await counter.of(() => work(200)));
  let total = 0;
  expect(await growth((size) => { for (let at = 0; at < size; at += 1) total += at; })).toBeLessThan(5);
  expect(await growth((size) => { for (let at = 0; at < size; at += 1) for (let other = 0; other < size; other += 1) total += other; })).toBeGreaterThan(12);
  await counter.close();
});

test('what hangs, takes too much memory or throws ends its own input, is told with the way to have it again, and the others go on', async () => {
  const planted = ['planted-memory', 'planted-hang', 'planted-stack', 'planted-good'];
  const found = await runTargets({ names: planted, seed, runs: 5, growth: false, targets: new URL('planted.ts', import.meta.url), cpuMsMax: 5_000, heapMegabytesMax: 64 });
  expect(found.map(({ target, failures }) => [target, failures.map(({ path: at, what }) => `${at} ${what.split('\n')[0] ?? ''}`)])).toEqual([
    ['planted-memory', [expect.stringMatching(/^\d+ inputs: more than \d+ MB of memory$/)]],
    ['planted-hang', [expect.stringMatching(/^\d+ inputs: more than 5000 ms of processor time for one input$/)]],
    ['planted-stack', [expect.stringContaining('RangeError: Maximum call stack size exceeded')]],
    ['planted-good', []],
  ]);
}, MS_MAX);
