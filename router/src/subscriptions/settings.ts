/** Settings of subscriptions, and of websockets. */
import { z } from 'zod';

export const subscriptionSettings = z.strictObject({
  perConnectionMax: z.int().positive().default(100).describe('Operations at once on one websocket.'),
  conflate: z.record(z.string(), z.array(z.string())).default({}).describe(
    'Root fields whose events replace each other for a slow client, each with the way to what tells them apart ([] when each event is the whole state). Events of other fields are never dropped: the client is, when it is too slow.'),
});
