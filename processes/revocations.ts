/**
 * Follows what the auth domain revokes: over Redis at once where there is one, and by asking the domain at short intervals, with a secret that only the platform's
 * own processes know. What is known stays revoked. While neither way can be gone, and longer than the grace, tokens are not believed, where that is required.
 */
import { type RevocationList, revocationList } from '@pms/identity/revocations';
import { StartError } from '@pms/prisma/embedded';
import type { RedisLink } from '@pms/redis/link';
import { type Followed, followRevoked } from '@pms/redis/revoked';
import type { Logger } from '@pms/telemetry/logger';
import { gauge } from '@pms/telemetry/metrics';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import { peerFetch } from './peers.ts';
import { secretsOf } from './secrets.ts';

const EVERY_MS = 1_000;
/** Asked all the same while Redis tells of everything: should it ever not. */
const EVERY_MS_WITH_REDIS = 5_000;
const TIMEOUT_MS = 5_000;
const TRIES_AT_START = 10;
/** The longest-lived tokens are those of programs, with some seconds for clocks that differ. */
const TOKEN_MS_MAX = 1_860_000;
/** Asked for again each time: a revocation may be committed a little after the moment that it names. */
const OVERLAP_MS = 30_000;
const JUDGED_EVERY_MS = 500;

export const REVOCATIONS_SECRET = 'auth-revocations';

const feed = z.object({ revocations: z.array(z.object({ subject: z.string(), at: z.number(), spared: z.string().optional() })) });

const known = gauge('pms_revocations_known', 'Whether it can be told which access tokens were revoked; 0 for longer than the grace, and tokens are refused.');

export interface Following {
  readonly revocations: RevocationList;
  stop(): void;
}

export interface FollowOptions {
  /** The auth domain's address, or answers with it once it is known; `null` where only Redis tells. */
  readonly address: string | null | (() => string | null);
  readonly environment: Environment;
  readonly logger: Logger;
  readonly redis: RedisLink | null;
}

/** `null` where production was given no secret and no Redis for it: access tokens then hold until they expire. */
export async function followRevocations({ address, environment, logger, redis }: FollowOptions): Promise<Following | null> {
  const mayAsk = address !== null && (!environment.production || environment.secrets.has(REVOCATIONS_SECRET));
  if (!mayAsk && redis === null) {
    if (environment.revocations.required) throw new StartError('PMS_REVOCATIONS is required, and neither PMS_SECRET_AUTH_REVOCATIONS nor REDIS_URL is set: nobody tells which tokens were revoked.');
    logger.warn('PMS_SECRET_AUTH_REVOCATIONS is not set: access tokens that are revoked hold until they expire');
    return null;
  }
  const revocations = revocationList(TOKEN_MS_MAX);
  const heard = redis === null ? null : followRevoked(redis, ({ subject, at, spared }) => revocations.revoke(subject, at, spared));
  const judging = judge({ revocations, heard, environment, logger });
  const asking = mayAsk ? asker({ address, secret: await secretsOf(environment)(REVOCATIONS_SECRET), get: peerFetch(environment), revocations, heard, redis, logger, answered: judging.answered }) : null;
  return {
    revocations,
    stop() {
      asking?.stop();
      judging.stop();
      heard?.stop();
    },
  };
}

interface Judging {
  /** Everything that was revoked before this moment of `performance.now()` is known. */
  answered(at: number): void;
  stop(): void;
}

/** Decides whether what is known is enough. */
function judge({ revocations, heard, environment: { revocations: { required, graceMs } }, logger }: {
  readonly revocations: RevocationList; readonly heard: Followed | null; readonly environment: Environment; readonly logger: Logger;
}): Judging {
  let knownAt = performance.now();
  known.set(1);
  const look = (): void => {
    const now = performance.now();
    if (heard?.whole() === true) knownAt = now;
    const doubted = required && now - knownAt > graceMs;
    if (doubted === !revocations.known()) return;
    known.set(doubted ? 0 : 1);
    if (doubted) logger.error({ graceMs }, 'it cannot be told which access tokens were revoked: all are refused until it can');
    else logger.info({}, 'it can be told again which access tokens were revoked');
    revocations.doubt(doubted);
  };
  const timer = setInterval(look, JUDGED_EVERY_MS).unref();
  return {
    answered(at) {
      knownAt = Math.max(knownAt, at);
      look();
    },
    stop: () => clearInterval(timer),
  };
}

interface AskerOptions {
  readonly address: FollowOptions['address'];
  readonly secret: string;
  readonly get: typeof fetch;
  readonly revocations: RevocationList;
  readonly heard: Followed | null;
  readonly redis: RedisLink | null;
  readonly logger: Logger;
  answered(at: number): void;
}

async function revokedSince({ get, secret }: Pick<AskerOptions, 'get' | 'secret'>, base: string, since: number): Promise<z.output<typeof feed>['revocations']> {
  const url = new URL('/oauth2/revocations', base);
  url.searchParams.set('since', String(since));
  const response = await get(url, { headers: { authorization: `Bearer ${secret}` }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`it answered ${String(response.status)}`);
  return feed.parse(await response.json()).revocations;
}

/** Asks the auth domain, again and again. */
function asker({ address, secret, get, revocations, heard, redis, logger, answered }: AskerOptions): { stop(): void } {
  let since = Date.now() - TOKEN_MS_MAX;
  // who has never answered may be starting still, as this process may be: that is no fault yet
  let tolerated = TRIES_AT_START;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const ask = async (): Promise<void> => {
    try {
      const base = typeof address === 'function' ? address() : address;
      if (base === null) return;
      if (heard?.whole() === false) redis?.degraded('revocations');
      const [asked, moment] = [Date.now(), performance.now()];
      for (const { subject, at, spared } of await revokedSince({ get, secret }, base, since)) revocations.revoke(subject, at, spared);
      since = asked - OVERLAP_MS;
      tolerated = 0;
      answered(moment);
    } catch (error) {
      if (tolerated === 0) logger.warn({ reason: String(error) }, 'revocations cannot be asked for; what is known stays revoked');
      tolerated -= 1;
    } finally {
      if (!stopped) timer = setTimeout(() => void ask(), heard?.whole() === true ? EVERY_MS_WITH_REDIS : EVERY_MS).unref();
    }
  };
  timer = setTimeout(() => void ask(), 0);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
