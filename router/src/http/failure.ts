/** A failed request as an HTTP answer: its status, and its errors as GraphQL says them. */
import { DomainError, errorCodes } from '@pms/errors';
import type { ClientError } from '../execution/run.ts';
import type { RouterLogger, RouterMetrics } from '../observe.ts';
import { requestErrors } from '../operation/errors.ts';
import { NothingAllowed } from '../operation/serve.ts';
import { InvalidOperation } from '../operation/validate.ts';
import { PersistedQueryError } from '../security/documents.ts';
import { RateLimited } from '../security/rate-limit.ts';

export interface Failure {
  readonly errors: readonly ClientError[];
  /** For `application/graphql-response+json`, and where HTTP itself is concerned for any type. */
  readonly status: number;
  /** Whether the request was understood as GraphQL: then `application/json` answers 200, as its clients expect. */
  readonly wellFormed: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** HTTP itself is not as it should be: the method, the media type, the size. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}, extensions: Readonly<Record<string, unknown>> = { code: 'BAD_USER_INPUT' }) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.extensions = extensions;
  }
}

/** The connection ends with the answer: what the client goes on sending is not read. */
export const tooLarge = (): RequestRefused =>
  new RequestRefused(413, 'the body passes the limit of bytes', { connection: 'close' }, { code: 'OPERATION_TOO_COMPLEX', limit: 'body bytes' });

export function failureOf(error: unknown, correlationId: string, logger: RouterLogger, metrics: RouterMetrics): Failure {
  const failure = classified(error, correlationId, logger);
  for (const { extensions } of failure.errors) {
    metrics.errors.inc({ code: String(extensions['code']) });
    if (extensions['code'] === 'OPERATION_TOO_COMPLEX') metrics.limited.inc({ limit: String(extensions['limit']) });
  }
  return failure;
}

function classified(error: unknown, correlationId: string, logger: RouterLogger): Failure {
  if (error instanceof RequestRefused)
    return { errors: [{ message: error.message, extensions: error.extensions }], status: error.status, wellFormed: false, headers: error.headers };
  if (error instanceof NothingAllowed) {
    const anonymous = error.errors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED');
    return { errors: error.errors, status: anonymous ? 401 : 403, wellFormed: true };
  }
  if (error instanceof PersistedQueryError) return { errors: [{ message: error.message, extensions: { code: error.code } }], status: 200, wellFormed: true };
  if (isRefusalOfHttp(error)) return { errors: [{ message: error.message, extensions: { code: 'BAD_USER_INPUT' } }], status: error.statusCode, wellFormed: false };
  const errors = requestErrors(error, correlationId, logger);
  if (error instanceof InvalidOperation) return { errors, status: 400, wellFormed: true };
  if (error instanceof RateLimited) return { errors, status: errorCodes[error.code].status, wellFormed: false, headers: error.decision.headers };
  if (error instanceof DomainError) return { errors, status: errorCodes[error.code].status, wellFormed: error.code === 'OPERATION_TOO_COMPLEX' };
  return { errors, status: 500, wellFormed: false };
}

/** What the HTTP server refuses before this router has a say: a content-length that is none, for example. */
const isRefusalOfHttp = (error: unknown): error is Error & { readonly statusCode: number } =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;

export const failureText = ({ errors }: Failure): string => JSON.stringify({ errors });
