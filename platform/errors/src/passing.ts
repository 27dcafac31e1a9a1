/**
 * Whether an error says that the platform cannot work at the moment, rather than that it cannot do what was asked: no room, no memory, a database that
 * stops, starts or is not reached, a lock that another had. Such an error goes away without anybody mending the event or the request.
 */

/** Classes of SQLSTATE: connection exception, transaction rollback, insufficient resources, operator intervention, system error. */
const PASSING_CLASSES = new Set(['08', '40', '53', '57', '58']);
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Object not in the prerequisite state, among which only a lock that is not available passes; a read-only transaction is one on a server that is not the primary any more. */
const PASSING_STATES = new Set(['55P03', '25006', '25P03']);
/** A statement that was cancelled took too long, and may do so again. */
const NOT_PASSING = new Set(['57014']);
const PASSING_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'EAI_AGAIN', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);
/** What Prisma's adapter calls a connection that is gone, in errors of raw statements that have no code. */
const PASSING_KINDS = new Set(['ConnectionClosed', 'DatabaseNotReachable', 'SocketTimeout', 'TooManyConnections', 'TransactionWriteConflict']);
/** Of the Postgres client, which gives these no code. */
const PASSING_MESSAGES = /^(Query read timeout|timeout exceeded when trying to connect|Connection terminated|timeout expired|Client has encountered a connection error)/;
const CAUSES_MAX = 5;

interface Told { readonly code?: unknown; readonly originalCode?: unknown; readonly kind?: unknown; readonly message?: unknown; readonly cause?: unknown; readonly meta?: { readonly driverAdapterError?: unknown } }

/** For the caller, in place of what was thrown. */
export const PASSING_MESSAGE = 'the platform cannot work on its data at the moment: try again, with the same idempotency key';

export function isPassing(error: unknown): boolean {
  let next: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof next === 'object' && next !== null; depth += 1) {
    const told: Told = next;
    if (passes(told.code) || passes(told.originalCode) || PASSING_KINDS.has(String(told.kind)) || PASSING_MESSAGES.test(String(told.message))) return true;
    next = told.cause ?? told.meta?.driverAdapterError;
  }
  return false;
}

/** A name that is not known, either: where hosts are made and taken away, a server that is not there has no address. */
const AWAY_CODES = new Set(['ENOTFOUND']);

/** The same of what a process stands on, while it starts: whether waiting may help. A refused login, or a database or table that is not there, is another matter. */
export function isAway(error: unknown): boolean {
  if (isPassing(error)) return true;
  const { code, cause } = (typeof error === 'object' && error !== null ? error : {}) as Told;
  return AWAY_CODES.has(String(code)) || (cause !== undefined && isAway(cause));
}

const passes = (code: unknown): boolean =>
  typeof code === 'string' && !NOT_PASSING.has(code) && (PASSING_CODES.has(code) || PASSING_STATES.has(code) || (SQLSTATE.test(code) && PASSING_CLASSES.has(code.slice(0, 2))));
