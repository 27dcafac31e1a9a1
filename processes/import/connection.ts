/** How a command at the terminal reaches the public API: an address and a token from flags or the environment; in the demo world the demo's own. */
import { createClient, type PmsClient, PmsError } from '@pms/client';
import { StartError } from '@pms/prisma/embedded';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '../environment.ts';
import { runningHere } from '../port.ts';
import { demoClient } from '../welcome.ts';

export interface Reach {
  /** Of the platform; without it, the one that runs from this folder. */
  readonly url?: string;
  readonly token?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

const TRIES_MAX = 8;
const PATIENCE_MAX_MS = 10_000;
const STEP_MS = 250;
/** Every request of an import may be repeated as it is. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set(['RATE_LIMITED', 'SUBGRAPH_UNAVAILABLE', 'NETWORK']);

export function connected(environment: Environment, { url, token, clientId, clientSecret }: Reach): PmsClient {
  const address = url ?? runningHere(environment.home)?.url ?? environment.publicUrl;
  if (token !== undefined) return createClient({ url: address, token });
  if (clientId !== undefined && clientSecret !== undefined) return createClient({ url: address, credentials: { clientId, clientSecret } });
  if (environment.demo) return createClient({ url: address, credentials: { clientId: demoClient.id, clientSecret: demoClient.secret } });
  throw new StartError('Who asks? Give --token (or PMS_TOKEN), or PMS_CLIENT_ID and PMS_CLIENT_SECRET of a service client.');
}

/** Asks again where the platform asks for patience; what is wrong for good becomes a sentence. */
export async function patient<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PmsError)) throw error;
      if (!WORTH_ANOTHER_TRY.has(error.code) || tries === TRIES_MAX) throw new StartError(`${sentence(error)}.`);
      await delay(Math.min(error.retryAfterMs ?? STEP_MS * tries, PATIENCE_MAX_MS));
    }
  }
}

const sentence = ({ code, message }: PmsError): string => (code === 'NETWORK' ? `${message}: is the platform running? \`npm start\` starts it, and --url says where it is` : `${code} ${message}`);

/** Asks until it holds; false when it did not within the time. */
export async function until(holds: () => Promise<boolean>, maxMs: number): Promise<boolean> {
  const end = performance.now() + maxMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() >= end) return false;
    await delay(STEP_MS);
  }
}
