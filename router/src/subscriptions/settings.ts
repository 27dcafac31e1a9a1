/** Settings of subscriptions, and of websockets. */
import { z } from 'zod';

const MS_MAX = 600_000;
const MESSAGE_BYTES_MAX = 64 * 1_024 * 1_024;
const milliseconds = z.int().positive().max(MS_MAX);

export const subscriptionSettings = z.strictObject({
  perConnectionMax: z.int().positive().default(100).describe('Operations at once on one websocket.'),
  perClientMax: z.int().positive().default(1_000).describe('Subscriptions at once of one client, over all its connections to one process.'),
  eventsPerSecondMax: z.int().positive().default(5_000).describe('To one client, over all its subscriptions. Events of `conflate` are slowed down to it; of others a client that has more is told, and its subscription ends.'),
  connectionsMax: z.int().positive().default(20_000).describe('Websockets at once; the next one is told 503.'),
  initMsMax: z.int().positive().max(MS_MAX).default(5_000).describe('How long a websocket may take to say connection_init; then it is closed with 4408.'),
  heartbeatMs: z.int().positive().max(MS_MAX).default(12_000).describe('How often a quiet stream says that it lives, and a websocket is pinged: more often than proxies close what is idle.'),
  messageBytesMax: z.int().positive().max(MESSAGE_BYTES_MAX).default(1_024 * 1_024).describe('Of one websocket message from a client; a larger one closes with 1009.'),
  compression: z.boolean().default(false).describe('Whether websocket messages may be compressed one by one: it costs memory for each connection, and time for each event and client.'),
  queueMax: z.int().positive().max(100_000).default(256).describe('Events that wait for a slow client, and for the rest of the plan. Who falls behind further is told, and closed.'),
  conflate: z.record(z.string(), z.array(z.string())).default({}).describe(
    'Root fields whose events replace each other for a slow client, each with the way to what tells them apart ([] when each event is the whole state). Events of other fields are never dropped: the client is, when it is too slow.'),
  share: z.boolean().default(true).describe('Whether identical subscriptions of equal principals are one upstream: those of `conflate`, `resume` and `shareFields`.'),
  shareFields: z.array(z.string()).default([]).describe('More root fields to share: those whose source gives no first value of its own, so that one who comes later may begin with the next event. Within one token.'),
  resume: z.record(z.string(), z.strictObject({
    argument: z.string().min(1).describe('The root field’s argument that takes the id of the last event.'),
    id: z.array(z.string().min(1)).min(1).describe('The way to the id in an event.'),
  })).default({}).describe('Root fields whose source keeps its history: a lost upstream goes on after the last event, and so does a client that says which it saw last.'),
  reconnect: z.strictObject({
    attemptsMax: z.int().min(0).max(100).default(8).describe('In a row, for an upstream that was lost.'),
    firstMs: milliseconds.default(100).describe('Before the first attempt; doubled each time, with jitter.'),
    mostMs: milliseconds.default(5_000),
  }).prefault({}),
});

export type SubscriptionSettings = z.output<typeof subscriptionSettings>;
