/** Settings of how the supergraph is taken and planned. */
import { z } from 'zod';

export const supergraphSettings = z.strictObject({
  planner: z.enum(['auto', 'native', 'apollo']).default('auto').describe('auto: native where it loads and can plan the supergraph, else Apollo’s.'),
});
