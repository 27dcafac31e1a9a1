/** What a client of the platform catches: one error with a code, whatever went wrong between it and the data. */

/** The platform's own codes (schema/reference/errors.md), and two of the way there. */
export type PmsErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  /** Amounts of two currencies meet and no exchange rate is known. */
  | 'MISSING_RATE'
  | 'RATE_LIMITED'
  | 'OPERATION_TOO_COMPLEX'
  | 'SUBGRAPH_UNAVAILABLE'
  | 'STALE_READ'
  | 'INTERNAL'
  /** The document does not fit the schema: the client was generated from another one. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** Nothing answered. */
  | 'NETWORK'
  /** What answered is not the platform. */
  | 'PROTOCOL';

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export interface PmsErrorDetails {
  readonly correlationId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly errors?: readonly GraphqlError[];
  /** What could be answered in spite of the error. */
  readonly data?: unknown;
  readonly cause?: unknown;
}

export class PmsError extends Error {
  override readonly name = 'PmsError';
  readonly code: PmsErrorCode;
  /** Finds this request in the platform's logs. */
  readonly correlationId: string | undefined;
  /** When to try again, in milliseconds from now; only with RATE_LIMITED. */
  readonly retryAfterMs: number | undefined;
  /** All errors of the answer; this one is made from the first. */
  readonly errors: readonly GraphqlError[];
  readonly data: unknown;

  constructor(code: PmsErrorCode, message: string, details: PmsErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.correlationId = details.correlationId;
    this.retryAfterMs = details.retryAfterMs;
    this.errors = details.errors ?? [];
    this.data = details.data;
  }
}

const codes: ReadonlySet<string> = new Set<PmsErrorCode>([
  'UNAUTHENTICATED', 'FORBIDDEN', 'BAD_USER_INPUT', 'NOT_FOUND', 'MISSING_RATE', 'RATE_LIMITED', 'OPERATION_TOO_COMPLEX', 'SUBGRAPH_UNAVAILABLE', 'STALE_READ', 'INTERNAL', 'GRAPHQL_VALIDATION_FAILED',
]);
const isCode = (value: unknown): value is PmsErrorCode => typeof value === 'string' && codes.has(value);
const textOr = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const numberOr = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** An answer that has errors, as one. A code that this client does not know counts as INTERNAL. */
export function fromErrors(errors: readonly GraphqlError[], details: PmsErrorDetails = {}): PmsError {
  const first = errors[0] ?? { message: 'an error without a message' };
  const code = first.extensions?.['code'];
  return new PmsError(isCode(code) ? code : 'INTERNAL', first.message, {
    ...details,
    errors,
    correlationId: textOr(first.extensions?.['correlationId']) ?? details.correlationId,
    retryAfterMs: numberOr(first.extensions?.['retryAfterMs']) ?? details.retryAfterMs,
  });
}
