/** How tests run: every *.test.ts of the repository and, in a browser, every *.e2e.ts, in two processes, on a real Postgres that starts when the first test asks for it. */
import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';
import { skippedReporter } from './platform/testing/src/skipped-reporter.ts';

/** One copy of graphql: vite would take the ESM file, Node and Apollo take the CommonJS one, and two copies refuse each other's types. */
const graphql = createRequire(import.meta.url).resolve('graphql');

export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: graphql }] },
  test: {
    include: ['**/*.test.ts', 'tests/e2e/*.e2e.ts'],
    exclude: ['**/node_modules/**', 'tests/architecture/planted/**', '.pms/**', 'dist/**'],
    globalSetup: ['platform/testing/src/vitest-setup.ts'],
    reporters: ['default', skippedReporter()],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
