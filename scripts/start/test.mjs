/** `npm test`: generates, runs every test that needs nothing but Node and npm, and says what it left out. */
import { handOver, pinnedNode } from './hand-over.mjs';

const LEFT_OUT = `
Left out here, and run by \`bash .ci/run\`: the checks (\`npx pnpm@12.21.0 check\`: generated files, types, style, rooms, dead code),
and the start from a fresh copy (two commands, Ctrl-C, kill -9, a second start).`;

/** @param {string[]} args @returns {Promise<number>} */
export async function test(args) {
  const node = pinnedNode();
  const generated = await handOver(node, ['scripts/gen.ts']);
  if (generated !== 0) return generated;
  const status = await handOver(node, ['node_modules/vitest/vitest.mjs', 'run', ...args]);
  console.log(LEFT_OUT);
  return status;
}
