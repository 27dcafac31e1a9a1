/**
 * A program: closed-loop load on one address. Told a job over IPC, it keeps `connections` requests under way for `seconds` and tells
 * how many were answered, how long they took, and how many were not the expected answer.
 */
import { Pool } from 'undici';

export interface Job {
  readonly url: string;
  readonly query: string;
  /** Each connection takes the next one: limits are per client. Empty for a gateway without authentication. */
  readonly tokens: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Length of the right answer in bytes; every answer is compared. */
  readonly bytes: number;
}

export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  readonly wrong: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export const percentile = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

async function run({ url, query, tokens, connections, seconds, bytes }: Job): Promise<Measured> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const body = JSON.stringify({ query });
  const took: number[] = [];
  let wrong = 0;
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const token = tokens[next++ % Math.max(tokens.length, 1)];
      const sent = performance.now();
      const { statusCode, body: answer } = await pool.request({
        path: pathname, method: 'POST', body, headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      });
      const { byteLength } = await answer.arrayBuffer();
      took.push(performance.now() - sent);
      if (statusCode !== 200 || byteLength !== bytes) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsed = (performance.now() - begun) / 1_000;
  await pool.close();
  const sorted = took.toSorted((a, b) => a - b);
  return { requests: took.length, seconds: elapsed, wrong, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}

if (process.send !== undefined) {
  process.on('message', (job: Job) => {
    run(job).then((measured) => process.send?.(measured), (error: unknown) => process.send?.({ error: String(error) }));
  });
  process.on('disconnect', () => process.exit(0));
  console.log('load ready');
}
