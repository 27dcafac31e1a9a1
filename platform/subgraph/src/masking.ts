/**
 * What a caller learns of an error: those of the contract as they are; that the platform cannot work at the moment (no room, no database) as
 * SUBGRAPH_UNAVAILABLE, so that they try again; everything else as INTERNAL. The last two with a correlation id, and without what was thrown.
 */
import { errorCodes } from '@pms/errors';
import { isPassing, PASSING_MESSAGE } from '@pms/errors/passing';
import type { Logger } from '@pms/telemetry/logger';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Codes by which the GraphQL layer itself refuses a request; the fault is the caller's. */
const REQUEST_FAULTS = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST', 'PERSISTED_QUERY_NOT_FOUND']);

export const isPublic = (code: unknown): boolean => typeof code === 'string' && (code in errorCodes || REQUEST_FAULTS.has(code));

/** `error` is what was thrown: it is logged whole, and never leaves. */
export function masked(formatted: GraphQLFormattedError, error: unknown, correlationId: string, log: Logger): GraphQLFormattedError {
  const code = formatted.extensions?.['code'];
  const original = error instanceof GraphQLError ? error.originalError : error;
  if (isPublic(code) || (code === undefined && original === undefined)) return withoutStack(formatted);
  log.error({ err: original ?? error, correlationId, path: formatted.path }, 'a request failed');
  const passing = isPassing(original ?? error);
  return {
    message: passing ? PASSING_MESSAGE : 'something went wrong on our side',
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    extensions: { code: passing ? 'SUBGRAPH_UNAVAILABLE' : 'INTERNAL', correlationId },
  };
}

function withoutStack(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { stacktrace, ...extensions } = formatted.extensions ?? {};
  void stacktrace;
  return { ...formatted, extensions };
}
