/**
 * What a websocket client may say. Anything else is an invalid message, for which the protocol closes the connection.
 * Checked by hand: every operation of every client passes here.
 */
import type { GraphQLParams } from '../operation/serve.ts';

type Payload = Readonly<Record<string, unknown>>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

export type Message =
  | { readonly type: 'connection_init' | 'ping' | 'pong'; readonly payload?: Payload }
  | { readonly type: 'subscribe'; readonly id: string; readonly payload: GraphQLParams }
  | { readonly type: 'complete'; readonly id: string };

/** The message, or why it is none. Absent and null mean the same on the wire; here only absent is left. */
export function parseMessage(text: string): Message | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'Invalid message: not JSON';
  }
  if (!isObject(value)) return 'Invalid message: not an object';
  const { type, id, payload } = value;
  switch (type) {
    case 'connection_init': case 'ping': case 'pong':
      return signal(type, payload);
    case 'subscribe':
      return hasId(id) ? subscription(id, payload) : MISSING_ID;
    case 'complete':
      return hasId(id) ? { type, id } : MISSING_ID;
    default:
      return 'Invalid message: unknown type';
  }
}

const MISSING_ID = 'Invalid message: the id must be text, and not empty';

function signal(type: 'connection_init' | 'ping' | 'pong', payload: unknown): Message | string {
  if (payload == null) return { type };
  return isObject(payload) ? { type, payload } : 'Invalid message: the payload must be an object';
}

function subscription(id: string, payload: unknown): Message | string {
  if (!isObject(payload)) return 'Invalid message: the payload must be an object';
  const { query, operationName, variables, extensions } = payload;
  const params: Writable<GraphQLParams> = {};
  if (typeof query === 'string') params.query = query;
  else if (query != null || !namesQuery(payload)) return 'Invalid message: the query must be text';
  if (typeof operationName === 'string') params.operationName = operationName;
  else if (operationName != null) return 'Invalid message: the operationName must be text';
  if (isObject(variables)) params.variables = variables;
  else if (variables != null) return 'Invalid message: the variables must be an object';
  if (isObject(extensions)) params.extensions = extensions;
  else if (extensions != null) return 'Invalid message: the extensions must be an object';
  return named(id, params, payload['documentId'] ?? payload['id']);
}

function named(id: string, params: Writable<GraphQLParams>, documentId: unknown): Message | string {
  if (typeof documentId === 'string') params.documentId = documentId;
  else if (documentId != null) return 'Invalid message: the documentId must be text';
  return { type: 'subscribe', id, payload: params };
}

/** A persisted query is named by its hash, an operation of a manifest by its id; then its text may be missing. */
const namesQuery = ({ extensions, documentId, id }: Payload): boolean => (documentId ?? id) != null || (isObject(extensions) && extensions['persistedQuery'] != null);

const hasId = (id: unknown): id is string => typeof id === 'string' && id !== '';
const isObject = (value: unknown): value is Payload => typeof value === 'object' && value !== null && !Array.isArray(value);
