/** Settings of how operations are run. */
import { z } from 'zod';

const BYTES_MAX = 16 * 1_024 ** 3;

export const executionSettings = z.strictObject({
  recallBytesMax: z.int().min(0).max(BYTES_MAX).default(64 * 1_024 ** 2)
    .describe('Bytes of memory for recorded executions: what was asked of subgraphs over HTTP, what they said, and the answer. 0 records nothing.'),
});
