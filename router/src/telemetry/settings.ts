/** Settings of what the router tells about itself. */
import { z } from 'zod';

const PORT_MAX = 65_535;
const LABELS_MAX = 2_000;
const TRACES_MAX = 10_000;

const count = (most: number, standard: number) => z.int().min(0).max(most).default(standard);

export const telemetrySettings = z.strictObject({
  requestLog: z.enum(['all', 'errors', 'none']).nullable().default(null)
    .describe('Which operations get a line in the log: `errors` are those that failed for a reason of ours. null: `all` in production, else `errors`.'),
  adminPort: z.int().min(0).max(PORT_MAX).nullable().default(null)
    .describe('A port of its own for /metrics and /health. null: both are on the main port, in production without /metrics, which tells a stranger much.'),
  operationNamesMax: count(LABELS_MAX, 200).describe('Operation names that metrics tell apart, in the order in which they are seen; the rest is "other".'),
  clientsMax: count(LABELS_MAX, 50).describe('Clients, and versions of clients, that metrics tell apart.'),
  pairsMax: count(LABELS_MAX, 500).describe('Pairs of operation and client whose latency is told apart.'),
  clientTracesPerSecondMax: count(TRACES_MAX, 20).describe('Traces a second that are recorded because a client’s traceparent asks for it; beyond, they are not.'),
  plan: z.strictObject({
    scope: z.string().min(1).nullable().default(null).describe('Who holds this scope may ask for the plan and its timings. null: nobody by scope.'),
    policy: z.string().min(1).nullable().default(null).describe('Whom this policy allows may ask as well. null: nobody by policy.'),
  }).prefault({}),
});

export type TelemetrySettings = z.output<typeof telemetrySettings>;
