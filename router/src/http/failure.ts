/** A failed request as an HTTP answer: its status, and its errors as GraphQL says them. */
import { DomainError, errorCodes } from '@pms/errors';
import type { ClientError } from '../execution/run.ts';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import { requestErrors } from '../operation/errors.ts';
import { NothingAllowed, PersistedQueryError } from '../operation/serve.ts';
import { InvalidOperation } from '../operation/validate.ts';

export interface Failure {
  readonly errors: readonly ClientError[];
  /** For `application/graphql-response+json`, and where HTTP itself is concerned for any type. */
  readonly status: number;
  /** Whether the request was understood as GraphQL: then `application/json` answers 200, as its clients expect. */
  readonly wellFormed: boolean;
}

export function failureOf(error: unknown, correlationId: string, logger: RouterLogger, metrics: RouterMetrics): Failure {
  const failure = classified(error, correlationId, logger);
  for (const { extensions } of failure.errors) {
    metrics.errors.inc({ code: String(extensions['code']) });
    if (extensions['code'] === 'OPERATION_TOO_COMPLEX') metrics.limited.inc({ limit: String(extensions['limit']) });
  }
  return failure;
}

function classified(error: unknown, correlationId: string, logger: RouterLogger): Failure {
  if (error instanceof NothingAllowed) {
    const anonymous = error.errors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED');
    return { errors: error.errors, status: anonymous ? 401 : 403, wellFormed: true };
  }
  if (error instanceof PersistedQueryError) return { errors: [{ message: error.message, extensions: { code: error.code } }], status: 200, wellFormed: true };
  const errors = requestErrors(error, correlationId, logger);
  if (error instanceof InvalidOperation) return { errors, status: 400, wellFormed: true };
  if (error instanceof DomainError) return { errors, status: errorCodes[error.code].status, wellFormed: error.code === 'OPERATION_TOO_COMPLEX' };
  return { errors, status: 500, wellFormed: false };
}

export const failureText = ({ errors }: Failure): string => JSON.stringify({ errors });
