/** How every connection to Redis is opened. The address says the rest: rediss:// for TLS, user name, password and database number where needed. */
import { createClient } from 'redis';

const CONNECT_MS_MAX = 2_000;
const QUEUE_MAX = 10_000;
const RECONNECT_MS_MIN = 50;
const RECONNECT_MS_MAX = 2_000;

export type RedisClient = ReturnType<typeof newClient>;

/** The `retry`th attempt to connect comes so much after the one before. */
export const reconnectMs = (retry: number): number => Math.min(RECONNECT_MS_MIN * 2 ** Math.min(retry, 10), RECONNECT_MS_MAX);

/** With `once` it ends when the connection does, else it connects again for ever. */
export const newClient = (url: string, { once = false }: { readonly once?: boolean } = {}) => createClient({
  url, RESP: 2, disableOfflineQueue: true, commandsQueueMaxLength: QUEUE_MAX,
  socket: { connectTimeout: CONNECT_MS_MAX, reconnectStrategy: once ? false : reconnectMs },
});
