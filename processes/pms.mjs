#!/usr/bin/env node
/** `pms` on whatever Node called it: runs pms.ts on the pinned one, in the caller's folder. */
import { fileURLToPath } from 'node:url';
import { handOver, NODE_OPTIONS, pinnedNode } from '../scripts/start/hand-over.mjs';

const program = fileURLToPath(new URL('pms.ts', import.meta.url));
process.exitCode = await handOver(pinnedNode(), [...NODE_OPTIONS, program, ...process.argv.slice(2)], process.cwd());
