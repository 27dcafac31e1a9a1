/** `pnpm test:cluster`: every journey against `pnpm dev:cluster`, one after another, over one Kafka; words after it choose journeys by their file's name. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { noKafka, startBrokers } from '../kafka/brokers.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const given = process.env['KAFKA_BROKERS'];
const absent = given === undefined ? await noKafka() : null;
if (absent !== null) {
  console.error(`Kafka cannot be started: ${absent}. Install it, or name brokers in KAFKA_BROKERS.`);
  process.exit(1);
}
const brokers = given === undefined ? await startBrokers() : null;
const journeys = 'tests/journeys';
/** They tell what the cluster's own file tells here. */
const OTHER_SHAPES: ReadonlySet<string> = new Set(['one-process.test.ts', 'process-each.test.ts']);
const starting = (folder: string): string[] => readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.test.ts') && !OTHER_SHAPES.has(name)).map((name) => `${folder}/${name}`);
const words = process.argv.slice(2);
const shared = words.filter((word) => existsSync(path.join(root, journeys, `${word}.journey.ts`)));
const files = words.length === 0 ? starting(journeys) : [...words.filter((word) => !shared.includes(word)).map((word) => `${journeys}/${word}`), ...(shared.length === 0 ? [] : [`${journeys}/cluster`])];
const vitest = spawn(path.join(root, 'node_modules/.bin/vitest'), ['run', '--maxWorkers=1', ...files], {
  cwd: root, stdio: 'inherit', env: { ...process.env, JOURNEYS_IN: 'cluster', KAFKA_BROKERS: given ?? brokers?.addresses.join(), ...(shared.length === 0 ? {} : { JOURNEYS: shared.join() }) },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => vitest.kill(signal));
const [code] = (await once(vitest, 'exit')) as [number | null];
await brokers?.stop();
process.exitCode = code ?? 1;
