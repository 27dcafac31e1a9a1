/** Settings of how each subgraph is asked: what `all` says holds for every one, and `byName` goes before it, setting by setting. */
import { z } from 'zod';

const MS_MAX = 3_600_000;
const ms = (text: string) => z.int().min(1).max(MS_MAX).describe(text);
const count = (max: number, text: string) => z.int().min(0).max(max).describe(text);
const ratio = (text: string) => z.number().min(0).max(1).describe(text);

/** They belong to a connection or to the router itself, and are never passed on. */
const NOT_PASSED = new Set([
  'accept', 'accept-encoding', 'authorization', 'baggage', 'connection', 'content-encoding', 'content-length', 'content-type', 'expect', 'host', 'keep-alive',
  'proxy-authorization', 'proxy-connection', 'te', 'traceparent', 'tracestate', 'trailer', 'transfer-encoding', 'upgrade', 'x-correlation-id',
]);
const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is no name of a header').toLowerCase()
  .refine((name) => !NOT_PASSED.has(name), 'is a header that the router sets itself or may not pass on');

const retries = z.strictObject({
  max: count(10, 'Further attempts at a read that got no answer; mutations are never sent again.'),
  delayMs: ms('The shortest wait before an attempt.'),
  delayMsMax: ms('The longest; a subgraph that asks for more with Retry-After is not asked again.'),
  jitter: z.enum(['decorrelated', 'full', 'none']).describe('How waits are scattered.'),
  budgetRatio: ratio('Further attempts for each read, over time: retries cannot multiply the load of a subgraph that fails.'),
  budgetMax: count(10_000, 'Further attempts that may come at once, saved up from reads that went well.'),
}).partial();

const breaker = z.strictObject({
  by: z.enum(['consecutive', 'sampling', 'off']).describe('What opens it: so many failures in a row, or a share of the requests of the last while.'),
  failures: count(10_000, 'In a row, for `consecutive`.'),
  ratio: ratio('Of failures, for `sampling`.'),
  sampleMs: ms('The while, for `sampling`.'),
  requestsPerSecondMin: z.number().min(0).describe('Fewer than that say nothing, for `sampling`.'),
  openMs: ms('How long the subgraph is left alone; then so many probes decide.'),
  probes: z.int().min(1).max(1_000).describe('Requests that must all be answered to close it again.'),
}).partial();

const bulkhead = z.strictObject({
  concurrentMax: z.int().min(1).max(100_000).describe('Requests at once; over HTTP as many connections.'),
  queueMax: count(1_000_000, 'Requests that wait for their turn; further ones are refused with SUBGRAPH_UNAVAILABLE.'),
}).partial();

const headers = z.strictObject({
  pass: z.array(headerName).max(50).describe('Headers of the client that are passed on.'),
  set: z.record(headerName, z.string().max(8_192)).describe('Headers that every request carries.'),
}).partial();

const subgraph = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Instead of the address in the supergraph.'),
  timeoutMs: ms('From the moment that a read is sent until its whole answer is there.'),
  mutationTimeoutMs: ms('The same for a mutation.'),
  connectMsMax: ms('For a connection to come about.'),
  responseBytesMax: z.int().min(1).max(1_024 ** 3).describe('A larger answer is none.'),
  caFile: z.string().min(1).describe('Certificates (PEM) that are trusted for https instead of the system’s.'),
  certFile: z.string().min(1).describe('The router’s own certificate (PEM) for subgraphs that want to know who connects (mTLS); with keyFile.'),
  keyFile: z.string().min(1).describe('Its key (PEM).'),
  shareReads: z.boolean().describe('Whether equal reads for one access token that are under way at the same time are one request.'),
  retries, breaker, bulkhead, headers,
}).partial();

export const subgraphSettings = z.strictObject({
  all: subgraph.prefault({}),
  byName: z.record(z.string(), subgraph).default({}).describe('By the name of the subgraph in the supergraph.'),
});

type Filled<T> = { readonly [Key in keyof T]-?: NonNullable<T[Key]> };
type Given = z.output<typeof subgraph>;

/** Of one subgraph, whole. */
export interface SubgraphSettings extends Omit<Filled<Given>, 'url' | 'caFile' | 'certFile' | 'keyFile' | 'retries' | 'breaker' | 'bulkhead' | 'headers'> {
  readonly url: string | null;
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly retries: Filled<z.output<typeof retries>>;
  readonly breaker: Filled<z.output<typeof breaker>>;
  readonly bulkhead: Filled<z.output<typeof bulkhead>>;
  readonly headers: Filled<z.output<typeof headers>>;
}

export const standardSubgraph: SubgraphSettings = {
  url: null, caFile: null, certFile: null, keyFile: null, timeoutMs: 30_000, mutationTimeoutMs: 60_000, connectMsMax: 2_000, responseBytesMax: 64 * 1_024 * 1_024, shareReads: true,
  retries: { max: 2, delayMs: 50, delayMsMax: 500, jitter: 'decorrelated', budgetRatio: 0.2, budgetMax: 50 },
  breaker: { by: 'consecutive', failures: 10, ratio: 0.5, sampleMs: 10_000, requestsPerSecondMin: 5, openMs: 5_000, probes: 1 },
  bulkhead: { concurrentMax: 128, queueMax: 10_000 },
  headers: { pass: [], set: {} },
};

export function settingsOfSubgraph({ all, byName }: z.output<typeof subgraphSettings>, name: string): SubgraphSettings {
  const own = Object.hasOwn(byName, name) ? byName[name] ?? {} : {};
  const { retries: retry, breaker: breaks, bulkhead: room, headers: head, ...rest } = standardSubgraph;
  return {
    ...over(rest, all, own), retries: over(retry, all.retries, own.retries), breaker: over(breaks, all.breaker, own.breaker), bulkhead: over(room, all.bulkhead, own.bulkhead),
    headers: { pass: own.headers?.pass ?? all.headers?.pass ?? head.pass, set: { ...head.set, ...all.headers?.set, ...own.headers?.set } },
  };
}

/** What is given goes before what stands, key by key; the keys are those of what stands. */
function over<T extends object>(standing: T, ...given: readonly ({ readonly [Key in keyof T]?: unknown } | undefined)[]): T {
  const result = { ...standing };
  for (const one of given)
    for (const key of Object.keys(standing) as (keyof T)[]) if (one?.[key] !== undefined) result[key] = one[key] as T[keyof T];
  return result;
}

/** Every header of clients that some subgraph is passed. */
export const passedHeaders = ({ all, byName }: z.output<typeof subgraphSettings>): readonly string[] =>
  [...new Set([all, ...Object.values(byName)].flatMap(({ headers: given }) => given?.pass ?? []))];
