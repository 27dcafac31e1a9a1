/**
 * Follows what the auth domain revokes: asked for at short intervals, with a secret that only the platform's own processes know. Where it
 * cannot be asked, what is known already stays revoked.
 */
import { type RevocationList, revocationList } from '@pms/identity/revocations';
import type { Logger } from '@pms/telemetry/logger';
import { z } from 'zod';
import type { Environment } from './environment.ts';
import { secretsOf } from './secrets.ts';

const EVERY_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** The longest-lived tokens are those of programs, with some seconds for clocks that differ. */
const TOKEN_MS_MAX = 1_860_000;
/** Asked for again each time: a revocation may be committed a little after the moment that it names. */
const OVERLAP_MS = 30_000;

export const REVOCATIONS_SECRET = 'auth-revocations';

const feed = z.object({ revocations: z.array(z.object({ subject: z.string(), at: z.number(), spared: z.string().optional() })) });

export interface Following {
  readonly revocations: RevocationList;
  stop(): void;
}

/**
 * `null` where production was given no secret for it: access tokens then hold until they expire. `address` is the auth domain's, or answers with
 * it once it is known.
 */
export async function followRevocations(address: string | (() => string | null), environment: Environment, logger: Logger): Promise<Following | null> {
  if (environment.production && !environment.secrets.has(REVOCATIONS_SECRET)) {
    logger.warn('PMS_SECRET_AUTH_REVOCATIONS is not set: access tokens that are revoked hold until they expire');
    return null;
  }
  const secret = await secretsOf(environment)(REVOCATIONS_SECRET);
  const revocations = revocationList(TOKEN_MS_MAX);
  let since = Date.now() - TOKEN_MS_MAX;
  let failing = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const ask = async (): Promise<void> => {
    try {
      const base = typeof address === 'string' ? address : address();
      if (base === null) return;
      const asked = Date.now();
      const url = new URL('/oauth2/revocations', base);
      url.searchParams.set('since', String(since));
      const response = await fetch(url, { headers: { authorization: `Bearer ${secret}` }, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`it answered ${String(response.status)}`);
      for (const { subject, at, spared } of feed.parse(await response.json()).revocations) revocations.revoke(subject, at, spared);
      since = asked - OVERLAP_MS;
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ reason: String(error) }, 'revocations cannot be asked for; what is known stays revoked');
      failing = true;
    } finally {
      if (!stopped) timer = setTimeout(() => void ask(), EVERY_MS).unref();
    }
  };
  timer = setTimeout(() => void ask(), 0);
  return {
    revocations,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
