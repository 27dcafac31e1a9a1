/** Settings of the way in over HTTP. */
import { z } from 'zod';

const DRAIN_MS_MAX = 600_000;
const OPERATIONS_MAX = 1_000;
const AGE_SECONDS_MAX = 86_400;
const STREAMS_MAX = 100_000;
const REQUEST_MS_MAX = 3_600_000;
const LOOK_MS_MIN = 10;
const LOOK_MS_MAX = 3_600_000;

const batching = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether a body may be an array of operations.'),
  operationsMax: z.int().min(1).max(OPERATIONS_MAX).default(10),
});

/** Levels by measurement: brotli at 3 makes less of 49 KB than gzip at 6 does, in less than half of its time; beyond 4 time grows faster than size falls. */
const compression = z.strictObject({
  enabled: z.boolean().default(true),
  bytesMin: z.int().min(0).default(2_048).describe('Answers below this leave as they are: they fit in a packet or two.'),
  gzipLevel: z.int().min(1).max(9).default(3),
  brotliQuality: z.int().min(0).max(11).default(3),
});

const cors = z.strictObject({
  origins: z.union([z.literal('*'), z.array(z.url()).min(1)]).describe('Pages of these origins may read answers: scheme, host and port, no path.'),
  credentials: z.boolean().default(false).describe('Whether their cookies count, too.'),
  maxAgeSeconds: z.int().min(0).max(AGE_SECONDS_MAX).default(7_200).describe('How long a browser need not ask again.'),
}).refine(({ origins, credentials }) => origins !== '*' || !credentials, 'credentials are for origins that are named');

const tls = z.strictObject({
  certFile: z.string().min(1).describe('PEM, the whole chain.'),
  keyFile: z.string().min(1).describe('PEM.'),
  http2: z.boolean().default(true).describe('Offered beside HTTP/1.1, on the same port.'),
  streamsMax: z.int().min(1).max(STREAMS_MAX).default(200).describe('Requests at once on one connection of HTTP/2.'),
  lookEveryMs: z.int().min(LOOK_MS_MIN).max(LOOK_MS_MAX).default(5_000).describe('How often the files are looked at; new ones are used for new connections.'),
});

export const httpSettings = z.strictObject({
  trustProxy: z.boolean().default(false).describe('Whether the address of a caller is what a proxy in front says; off, since anybody could say it.'),
  requestMsMax: z.int().min(1).max(REQUEST_MS_MAX).default(60_000).describe('How long a client may take to send its request, headers and body; then 408.'),
  drainNoticeMs: z.int().min(0).max(DRAIN_MS_MAX).default(0).describe('How long it goes on after it has said that it is not ready, for those who send it requests to notice.'),
  drainMsMax: z.int().min(0).max(DRAIN_MS_MAX).default(10_000).describe('How long answers under way may take to end after that.'),
  forgeryProtection: z.boolean().default(true).describe('Whether requests that a page of another site could send unseen are refused; where they are not, their cookies do not count.'),
  batching: batching.prefault({}),
  compression: compression.prefault({}),
  cors: cors.optional().describe('Absent: pages of other origins cannot read answers.'),
  tls: tls.optional().describe('Absent: plain HTTP/1.1, for a proxy in front that ends TLS.'),
});

export type HttpSettings = z.output<typeof httpSettings>;
