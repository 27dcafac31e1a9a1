/** What `npm start` and `npm test` do with their arguments: install what is stale, then hand over to the pinned Node. */
import fs from 'node:fs';
import path from 'node:path';
import { handOver, NODE_OPTIONS, pinnedNode } from './hand-over.mjs';
import { install } from './install.mjs';
import { root } from './root.mjs';
import { test } from './test.mjs';

const HELP = `npm start [-- options]      starts the platform: API, dashboard and database in one process

  --port <n>     the port to listen on (4000)
  --reset        starts anew: deletes the embedded database and the generated secrets first
  --no-demo      without the demo world, its accounts and its data
  --help         this text

npm test [-- vitest arguments]   installs, generates, and runs every test that needs only Node and npm

The database and the secrets live in ./.pms; DATABASE_URL uses a Postgres of your own instead.
Everything else the platform can do: npx pms --help`;

/** @param {string[]} args */
export async function main(args) {
  process.chdir(root);
  const testing = args[0] === '--test';
  if (!testing && (args.includes('--help') || args.includes('-h'))) {
    console.log(HELP);
    return;
  }
  try {
    await install();
    process.exitCode = testing ? await test(args.slice(1)) : await handOver(pinnedNode(), [...NODE_OPTIONS, 'processes/pms.ts', 'start', ...args]);
  } catch (error) {
    if (!isSentence(error)) throw error;
    console.error(`\n${sentence(error)}`);
    process.exitCode = 1;
  }
}

/** @param {any} error */
const isSentence = (error) => error?.name === 'StartError' || error?.code === 'ENOSPC' || error?.code === 'EACCES' || error?.code === 'EROFS';

/** @param {any} error */
function sentence(error) {
  if (error.code === 'ENOSPC') return `The disk is full: ${path.relative(root, error.path ?? root) || fs.realpathSync(root)} could not be written. Free about 2 GB and start again.`;
  if (error.code !== undefined) return `This folder cannot be written (${error.message}): run the command as the account that owns it.`;
  return error.message;
}
