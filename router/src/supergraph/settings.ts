/** Settings of how the supergraph is taken and planned. */
import { z } from 'zod';

const MS_MAX = 3_600_000;
const MEBIBYTE = 1024 * 1024;
const milliseconds = z.int().positive().max(MS_MAX);

export const supergraphSettings = z.strictObject({
  planner: z.enum(['auto', 'native', 'apollo']).default('auto').describe('auto: native where it loads and can plan the supergraph, else Apollo’s.'),
  lookEveryMs: milliseconds.nullable().default(null).describe('How often there may be a new one; null is 500 for a file and 10 000 for an address.'),
  timeoutMs: milliseconds.default(10_000).describe('Of one request to the supergraph’s address.'),
  startMsMax: milliseconds.default(30_000).describe('How long a start waits for an address that does not answer; then it fails.'),
  bytesMax: z.int().positive().max(1024 * MEBIBYTE).default(64 * MEBIBYTE).describe('Of a supergraph from an address.'),
  warmOperations: z.int().min(0).max(5_000).default(100).describe('The most used operations, planned on a new supergraph before it takes over.'),
  warmMsMax: milliseconds.default(10_000).describe('How long that may take; then it takes over as it is.'),
});

export type SupergraphSettings = z.output<typeof supergraphSettings>;
