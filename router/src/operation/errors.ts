/** What a client is told about a failure: codes of the contract pass, everything else becomes INTERNAL with a correlation id and is logged. */
import { DomainError, errorCodes } from '@pms/errors';
import type { SubgraphError } from '../dial/transport.ts';
import type { ClientError, Report, ResponsePath } from '../execution/run.ts';
import type { RouterLogger } from '../observe.ts';
import { InvalidOperation, SUGGESTION } from './validate.ts';

const PASSED: ReadonlySet<string> = new Set(Object.keys(errorCodes).filter((code) => code !== 'INTERNAL'));

/** Extensions that say how the platform is built. */
const WITHHELD = new Set(['stacktrace', 'exception', 'cause', 'service', 'serviceName']);

const INTERNAL_MESSAGE = 'something went wrong on our side; the correlation id finds it in the logs';

export const internal = (correlationId: string, path?: ResponsePath): ClientError =>
  ({ message: INTERNAL_MESSAGE, ...(path === undefined ? {} : { path }), extensions: { code: 'INTERNAL', correlationId } });

/**
 * A scalar's rules are known to its subgraph alone: a value that breaks them is refused there, by graphql-js, in these
 * words, before any resolver. The fault is the client's, so the client is told; not what else its schema holds.
 */
const REFUSED_VALUE = /^(?:Argument "|Variable "\$|Expected value of type "|Value ".*" does not exist in)/;
const REFUSED_BY_GRAPHQL: ReadonlySet<unknown> = new Set([undefined, 'GRAPHQL_VALIDATION_FAILED', 'BAD_REQUEST']);

/** Errors of subgraphs, masked. */
export function subgraphReport(logger: RouterLogger): Report {
  return (error, service, path, { correlationId }) => {
    const code = error.extensions?.['code'];
    if (typeof code === 'string' && PASSED.has(code)) {
      if (code === 'SUBGRAPH_UNAVAILABLE') logger.warn({ correlationId, service, path, cause: error.extensions?.['cause'] }, 'a subgraph did not answer');
      return { message: error.message, ...(path === undefined ? {} : { path }), extensions: shown(error.extensions ?? {}) };
    }
    if (REFUSED_BY_GRAPHQL.has(code) && REFUSED_VALUE.test(error.message))
      return { message: error.message.replace(SUGGESTION, ''), ...(path === undefined ? {} : { path }), extensions: { code: 'BAD_USER_INPUT' } };
    logger.error({ correlationId, service, path, message: error.message, code }, 'a subgraph failed');
    return internal(correlationId, path);
  };
}

const shown = (extensions: NonNullable<SubgraphError['extensions']>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(extensions).filter(([key]) => !WITHHELD.has(key)));

/** Errors of the router itself, before anything was executed. */
export function requestErrors(error: unknown, correlationId: string, logger: RouterLogger): readonly ClientError[] {
  if (error instanceof InvalidOperation) return error.errors.map((one) => ({
    message: one.message, ...(one.locations === undefined ? {} : { locations: one.locations }), extensions: { code: error.code },
  }));
  if (error instanceof DomainError && error.code !== 'INTERNAL')
    return [{ message: error.message, extensions: { code: error.code, ...error.details } }];
  logger.error({ correlationId, err: error }, 'a request failed');
  return [internal(correlationId)];
}
