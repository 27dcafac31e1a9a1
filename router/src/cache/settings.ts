/** Settings of what is kept of answers. */
import { z } from 'zod';

const SECONDS_MAX = 31_536_000;
const TRUST_MS_MAX = 60_000;
const seconds = z.int().min(0).max(SECONDS_MAX);
const scope = z.enum(['PUBLIC', 'PRIVATE']);

const hint = z.strictObject({
  maxAgeSeconds: seconds.optional(),
  scope: scope.optional(),
  inheritMaxAge: z.boolean().optional().describe('As old as what it is a part of may be.'),
});

export const cacheSettings = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether answers to queries are kept: in Redis where the router has one, with those asked for lately in memory, else in memory.'),
  defaultMaxAgeSeconds: seconds.default(0).describe('Of root fields, and fields with fields of their own, that no hint speaks of; with 0 one such field keeps the whole answer from being kept.'),
  defaultScope: scope.default('PRIVATE').describe('Where no hint says it. PRIVATE: an answer is for its sender alone, and all that are anonymous are one sender. PUBLIC is Apollo’s default.'),
  hints: z.record(z.string().regex(/^\w+(\.\w+)?$/, 'is a type, or a type and a field: Product or Query.product'), hint).default({}).describe('As @cacheControl would say it, for a supergraph that does not; goes before what the supergraph says.'),
  entities: z.boolean().default(false).describe('Whether entities are kept one by one too, as the Cache-Control headers of subgraphs allow.'),
  staleWhileRevalidateSeconds: seconds.default(0).describe('How much longer an answer is given while a new one is fetched.'),
  memoryTrustMs: z.int().min(0).max(TRUST_MS_MAX).default(0).describe('How long an answer at hand is given without asking Redis whether it still holds, while this process hears what the others take out. 0: Redis is asked each time.'),
  awaySecondsMax: z.int().min(0).default(10).describe('While Redis is away, or while a router without Redis does not hear what changes, answers are kept in memory alone, and so long at the most. 0 keeps none.'),
  memoryBytesMax: z.int().min(1_024).default(64 * 1_024 * 1_024).describe('Of all that is kept in memory; the least recently used goes first.'),
  entryBytesMax: z.int().min(1).default(1_024 * 1_024).describe('A larger answer is not kept.'),
  mutationsInvalidate: z.boolean().default(true).describe('Whether what a mutation’s answer names is taken out.'),
});

export type CacheSettings = z.output<typeof cacheSettings>;
