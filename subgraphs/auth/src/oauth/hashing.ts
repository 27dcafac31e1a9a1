/**
 * Argon2id for passwords and client secrets, with a bound on how much of it runs and waits at once: whoever sends
 * wrong secrets cannot spend all memory and processors. Throws RATE_LIMITED when too many wait.
 */
import { DomainError } from '@pms/errors';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id (2) as OWASP's second choice: 19 MiB, two passes; about 20 ms. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const AT_ONCE_MAX = 2;
const WAITING_MAX = 200;
const RETRY_AFTER_MS = 2_000;

export interface Hashing {
  hash(secret: string): Promise<string>;
  /** False for a wrong secret. With null for the hash the same work is done and the answer is false: timing does not tell who exists. */
  verify(hashed: string | null, secret: string): Promise<boolean>;
}

export function hashing(): Hashing {
  const run = bounded();
  let nobody: Promise<string> | undefined;
  return {
    hash: (secret) => run(() => hash(secret, COST)),
    async verify(hashed, secret) {
      nobody ??= hash('nobody has this secret', COST);
      const against = hashed ?? await nobody;
      return run(() => verify(against, secret)).then((same) => same && hashed !== null);
    },
  };
}

function bounded(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= AT_ONCE_MAX) {
      if (waiting.length >= WAITING_MAX) throw new DomainError('RATE_LIMITED', 'too many are signing in at once', { retryAfterMs: RETRY_AFTER_MS });
      await new Promise<void>((resolve) => { waiting.push(resolve); });
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift(); // the place is handed on, so that newcomers do not overtake
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
