/** What a websocket client may say. Anything else is an invalid message, for which the protocol closes the connection. */
import { z } from 'zod';

const object = z.record(z.string(), z.unknown());

const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connection_init'), payload: object.nullish() }),
  z.object({ type: z.literal('ping'), payload: object.nullish() }),
  z.object({ type: z.literal('pong'), payload: object.nullish() }),
  z.object({
    type: z.literal('subscribe'), id: z.string().min(1),
    payload: z.object({ query: z.string().nullish(), operationName: z.string().nullish(), variables: object.nullish(), extensions: object.nullish() }),
  }),
  z.object({ type: z.literal('complete'), id: z.string().min(1) }),
]);

/** Absent and null mean the same on the wire; here only absent is left. */
type Given<T> = { [K in keyof T as T[K] extends NonNullable<T[K]> ? K : never]: T[K] } & { [K in keyof T as T[K] extends NonNullable<T[K]> ? never : K]?: NonNullable<T[K]> };
type Payload = Record<string, unknown>;

export type Message =
  | { readonly type: 'connection_init' | 'ping' | 'pong'; readonly payload?: Payload }
  | { readonly type: 'subscribe'; readonly id: string; readonly payload: Given<{ query: string | undefined; operationName: string | undefined; variables: Payload | undefined; extensions: Payload | undefined }> }
  | { readonly type: 'complete'; readonly id: string };

/** The message, or why it is none. */
export function parseMessage(text: string): Message | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'Invalid message: not JSON';
  }
  const parsed = message.safeParse(value);
  if (!parsed.success) return `Invalid message: ${parsed.error.issues[0]?.message ?? 'unknown'}`;
  return withoutNulls(parsed.data) as Message;
}

function withoutNulls(data: Record<string, unknown>): Record<string, unknown> {
  const given = (fields: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
  const result = given(data);
  return data['type'] === 'subscribe' ? { ...result, payload: given(data['payload'] as Payload) } : result;
}
