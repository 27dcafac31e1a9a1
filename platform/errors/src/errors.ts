/**
 * Every failure that a caller may see, by code. Whatever else is thrown is a bug: it is logged whole
 * and reaches the caller as INTERNAL, with a correlation id and nothing of its message.
 */
export const errorCodes = {
  UNAUTHENTICATED: { status: 401, meaning: 'No token, or one that does not verify: expired, tampered with, of another issuer or audience.' },
  FORBIDDEN: { status: 403, meaning: 'The token is valid and does not allow this.' },
  BAD_USER_INPUT: { status: 400, meaning: 'An argument has the right type and a value that cannot be used.' },
  NOT_FOUND: { status: 404, meaning: 'There is none, or it is another organisation’s: the two look alike.' },
  MISSING_RATE: { status: 422, meaning: 'Amounts of two currencies meet and no exchange rate is known, or the last one published is too old; `base`, `quote` and `date` say which. Nothing is taken for 1 or for 0.' },
  RATE_LIMITED: { status: 429, meaning: 'Too much in too short a time; `retryAfterMs` says when to try again.' },
  OPERATION_TOO_COMPLEX: { status: 400, meaning: 'The operation passes a limit of depth, size or cost; the message names it.' },
  SUBGRAPH_UNAVAILABLE: { status: 503, meaning: 'A part of the platform did not answer in time; what others answered is in `data`.' },
  SUBSCRIPTION_RELOAD: { status: 503, meaning: 'The schema changed under a subscription: subscribe again, to begin with the next event.' },
  SUBSCRIPTION_INTERRUPTED: { status: 503, meaning: 'The source of a subscription was lost: events may be missing. Read what you need anew, and subscribe again.' },
  STALE_READ: { status: 503, meaning: 'What the consistency token of the request names, or what came of it, has not arrived within the time that is waited for it; `domain` says where, `waitsFor` what. Ask again, or without the token to read what is there. With `putAside` an event could not be handled and waits for an operator.' },
  INTERNAL: { status: 500, meaning: 'A fault of ours; `correlationId` finds it in the logs.' },
} as const;

export type ErrorCode = keyof typeof errorCodes;

export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /** What graphql-js copies into the error it reports. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
    this.extensions = { code, ...details };
  }
}

export const notFound = (kind: string, id: string): DomainError => new DomainError('NOT_FOUND', `${kind} not found`, { id });
export const badInput = (message: string, details?: Record<string, unknown>): DomainError => new DomainError('BAD_USER_INPUT', message, details);
export const forbidden = (message: string, details?: Record<string, unknown>): DomainError => new DomainError('FORBIDDEN', message, details);
export const unauthenticated = (message: string): DomainError => new DomainError('UNAUTHENTICATED', message);

/** Why a mutation was refused: the closed set behind `UserError.code`. */
export const userErrorCodes = {
  INVALID: 'A value of the input cannot be used; `path` says which.',
  NOT_FOUND: 'What the input names does not exist, or is another organisation’s.',
  CONFLICT: 'The thing is in a state that does not allow this.',
  IDEMPOTENCY_CONFLICT: 'The same key was used before with another content.',
  INSUFFICIENT_FUNDS: 'There is less cash than the request needs.',
  MISSING_RATE: 'No exchange rate is known for what the input asks, or the last one published is too old: publish one, or give the rate yourself.',
  NOT_PERMITTED: 'Allowed in general, and not to you in this case (a maker may not be the checker).',
} as const;

export type UserErrorCode = keyof typeof userErrorCodes;

/** A business refusal: data in the mutation's payload, thrown only as far as the resolver. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: UserErrorCode;
  readonly path: readonly string[];

  /** `path` leads into the mutation's input, for example ['fees', '0', 'amount']. */
  constructor(code: UserErrorCode, message: string, path: readonly string[] = []) {
    super(message);
    this.code = code;
    this.path = path;
  }
}

export const invalid = (message: string, ...path: string[]): Refusal => new Refusal('INVALID', message, path);
