/** Settings of the way in over HTTP. */
import { z } from 'zod';

const DRAIN_MS_MAX = 600_000;

export const httpSettings = z.strictObject({
  trustProxy: z.boolean().default(false).describe('Whether the address of a caller is what a proxy in front says; off, since anybody could say it.'),
  drainNoticeMs: z.int().min(0).max(DRAIN_MS_MAX).default(0).describe('How long it goes on after it has said that it is not ready, for those who send it requests to notice.'),
});
