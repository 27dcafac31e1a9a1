/**
 * Spans of SQL statements, on whatever goes through a pool of `pg`: the text without its values, which operation, on what. Only below a span that
 * is recorded; a pool that is opened while tracing is off is left as it is.
 */
import { context, SpanKind, type Span } from '@opentelemetry/api';
import { activeSpan, codeOf, failed, tracer } from './tracing.ts';

type Method = (...args: unknown[]) => unknown;

/** What of a `pg` client is replaced. */
interface Client { query: unknown }

/** What of a `pg` pool is used and replaced. */
interface Pool {
  on(event: 'connect', listener: (client: never) => void): unknown;
  connect: unknown;
}

export function traceStatements(pool: Pool): void {
  if (tracer() === null) return;
  pool.on('connect', (client: Client) => {
    client.query = traced((client.query as Method).bind(client));
  });
  const connect = (pool.connect as Method).bind(pool);
  // One that waits for a connection is called by whoever gives his back: it must not go on in that one's context.
  pool.connect = (callback?: unknown): unknown => (typeof callback !== 'function' ? connect() : connect(activeSpan() === null ? callback : context.bind(context.active(), callback)));
}

function traced(query: Method): Method {
  return (...args) => {
    const parent = activeSpan();
    const text = parent === null ? null : textOf(args[0]);
    const own = tracer();
    if (text === null || own === null) return query(...args);
    const { name, attributes } = described(text);
    const span = own.startSpan(name, { kind: SpanKind.CLIENT, attributes });
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      return query(...args.slice(0, -1), (error: unknown, result: unknown) => {
        ended(span, error, result);
        (callback as Method)(error, result);
      });
    }
    return watched(span, query(...args));
  };
}

/** null for what is no statement by itself, such as a cursor. */
function textOf(config: unknown): string | null {
  if (typeof config === 'string') return config;
  if (typeof config !== 'object' || config === null || 'submit' in config || !('text' in config)) return null;
  return typeof config.text === 'string' ? config.text : null;
}

function watched(span: Span, answer: unknown): unknown {
  if (!(answer instanceof Promise)) {
    span.end();
    return answer;
  }
  return answer.then((result: unknown) => {
    ended(span, null, result);
    return result;
  }, (error: unknown) => {
    ended(span, error, null);
    throw error;
  });
}

function ended(span: Span, error: unknown, result: unknown): void {
  if (error !== null && error !== undefined) {
    failed(span, codeOf(error));
    span.setAttribute('db.response.status_code', codeOf(error));
  } else if (typeof result === 'object' && result !== null && 'rowCount' in result && typeof result.rowCount === 'number') {
    span.setAttribute('db.response.returned_rows', result.rowCount);
  }
  span.end();
}

interface Described { readonly name: string; readonly attributes: Readonly<Record<string, string>> }

const STATEMENTS_MAX = 1_000;
const TEXT_CHARACTERS_MAX = 2_000;
const known = new Map<string, Described>();

const LITERAL = /'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g;
const TARGET = /\b(?:from|into|update|join)\s+"?(\w+)"?\s*\.\s*"?(\w+)"?/i;

/** Statements repeat, so each text is looked at once. */
function described(text: string): Described {
  let found = known.get(text);
  if (found !== undefined) return found;
  const plain = text.replaceAll(LITERAL, '?').trim();
  const operation = (/^\w+/.exec(plain)?.[0] ?? 'SQL').toUpperCase();
  const [, schema, table] = TARGET.exec(plain) ?? [];
  found = {
    name: schema === undefined || table === undefined ? operation : `${operation} ${schema}.${table}`,
    attributes: {
      'db.system.name': 'postgresql', 'db.operation.name': operation, 'db.query.text': plain.slice(0, TEXT_CHARACTERS_MAX),
      ...(schema === undefined || table === undefined ? {} : { 'db.namespace': schema, 'db.collection.name': table }),
    },
  };
  if (known.size >= STATEMENTS_MAX) known.clear();
  known.set(text, found);
  return found;
}

