/**
 * How tests run: every *.test.ts of the repository and, in a browser, every *.e2e.ts, on a real Postgres that starts when the first test asks for it. Three
 * processes for two cores: many tests wait. What takes longest begins first.
 */
import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './platform/testing/src/longest-first.ts';
import { skippedReporter } from './platform/testing/src/skipped-reporter.ts';

/** One copy of graphql: vite would take the ESM file, Node and Apollo take the CommonJS one, and two copies refuse each other's types. */
const graphql = createRequire(import.meta.url).resolve('graphql');

const never = ['**/node_modules/**', 'tests/architecture/planted/**', '.pms/**', 'dist/**'];
/**
 * Tests of domains and of what they stand on: each makes what it needs. Their files share processes, so that what they import is loaded once. Those with
 * brokers and servers of their own do not.
 */
const plain = '!(*.kafka|*.redis).test.ts';
const together = [`subgraphs/**/${plain}`, `platform/*/src/**/${plain}`, `platform/{subgraph,fix,identity,tables,money}/test/**/${plain}`, `tests/oracles/${plain}`];

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    globalSetup: ['platform/testing/src/vitest-setup.ts'],
    reporters: ['default', skippedReporter()],
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'together', isolate: false, include: together, exclude: never } },
      { extends: true, test: { name: 'alone', include: ['**/*.test.ts', 'tests/e2e/*.e2e.ts'], exclude: [...never, ...together] } },
    ],
  },
});
