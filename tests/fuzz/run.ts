/**
 * `pnpm fuzz`: every parser with mutations of valid samples, round after round, each with a seed of its own, until the time is over. Ends with 1 if
 * anything was found; what it prints runs the same input again.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runTargets, type Report } from './support/run.ts';
import { targets } from './targets/all.ts';

const SEED_MAX = 2 ** 31 - 1;
const RUNS = 1_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string' }, runs: { type: 'string', default: String(RUNS) }, only: { type: 'string', multiple: true }, path: { type: 'string' }, list: { type: 'boolean', default: false } },
});

const number = (name: string, text: string, least: number): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least) throw new Error(`--${name} is a number from ${least} on`);
  return value;
};
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function told({ target, runs, failures, steepest }: Report, seed: number): void {
  if (failures.length === 0) return say(`ok     ${target.padEnd(20)} ${runs} inputs${steepest === 0 ? '' : `, work grows at most ${steepest.toFixed(2)} times as the input`}`);
  for (const { path, what } of failures) say(`FOUND  ${target}\n${what.replaceAll(/^/gm, '       ')}\n       again: pnpm fuzz --only ${target} --seed ${seed}${path === null ? '' : ` --path ${path}`}`);
}

async function rounds(): Promise<number> {
  const until = performance.now() + number('minutes', values.minutes, 0) * 60_000;
  const names = values.only ?? targets.map(({ name }) => name);
  const runs = number('runs', values.runs, 1);
  let seed = values.seed === undefined ? randomInt(SEED_MAX) : number('seed', values.seed, 0);
  let [inputs, found, round] = [0, 0, 0];
  do {
    say(`\nround ${round + 1}, seed ${seed}`);
    const reports = await runTargets({ names, seed, runs, path: values.path ?? null, growth: round === 0 && values.path === undefined }, (report) => told(report, seed));
    inputs += reports.reduce((total, report) => total + report.runs, 0);
    found += reports.reduce((total, { failures }) => total + failures.length, 0);
    seed = (seed + 1) % SEED_MAX;
    round += 1;
  } while (performance.now() < until && values.path === undefined);
  say(`\n${inputs} inputs of ${names.length} targets in ${round} ${round === 1 ? 'round' : 'rounds'}, ${found} found`);
  return found;
}

if (values.list) for (const { name, says } of targets) say(`${name.padEnd(20)} ${says}`);
else process.exitCode = (await rounds()) === 0 ? 0 : 1;
