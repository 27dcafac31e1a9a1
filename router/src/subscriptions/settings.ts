/** Settings of subscriptions, and of websockets. */
import { z } from 'zod';

const MS_MAX = 600_000;
const MESSAGE_BYTES_MAX = 64 * 1_024 * 1_024;

export const subscriptionSettings = z.strictObject({
  perConnectionMax: z.int().positive().default(100).describe('Operations at once on one websocket.'),
  connectionsMax: z.int().positive().default(20_000).describe('Websockets at once; the next one is told 503.'),
  initMsMax: z.int().positive().max(MS_MAX).default(5_000).describe('How long a websocket may take to say connection_init; then it is closed with 4408.'),
  heartbeatMs: z.int().positive().max(MS_MAX).default(12_000).describe('How often a quiet stream says that it lives, and a websocket is pinged: more often than proxies close what is idle.'),
  messageBytesMax: z.int().positive().max(MESSAGE_BYTES_MAX).default(1_024 * 1_024).describe('Of one websocket message from a client; a larger one closes with 1009.'),
  compression: z.boolean().default(false).describe('Whether websocket messages may be compressed one by one: it costs memory for each connection, and time for each event and client.'),
  conflate: z.record(z.string(), z.array(z.string())).default({}).describe(
    'Root fields whose events replace each other for a slow client, each with the way to what tells them apart ([] when each event is the whole state). Events of other fields are never dropped: the client is, when it is too slow.'),
});

export type SubscriptionSettings = z.output<typeof subscriptionSettings>;
