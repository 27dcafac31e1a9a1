/**
 * Carries what the router tells of mutations and refused accesses to the audit domain: gathered for a moment, sent together, kept and sent again while that cannot be reached.
 * What is refused over and over is told once, and then once a minute with how often: who floods us does not fill the trail.
 */
import type { Access } from '@pms/router/telemetry/access';
import type { Logger } from '@pms/telemetry/logger';
import { counter } from '@pms/telemetry/metrics';

const lost = counter('pms_accesses_lost_total', 'Mutations and refused accesses that the audit trail was not told of, because too many were waiting.');

/** An access with how often it was repeated. */
export type CountedAccess = Access & { readonly count: number };

export interface AccessRecorder {
  take(access: Access): void;
  /** Sends what is left, as far as that can be done. */
  close(): Promise<void>;
}

export interface AccessOptions {
  readonly logger: Logger;
  /** Resolves once they are kept. */
  send(accesses: readonly CountedAccess[]): Promise<void>;
}

const GATHER_MS = 200;
const WINDOW_MS = 60_000;
const BATCH_MAX = 500;
/** Waiting to be sent; what comes on top is counted as lost. */
const WAITING_MAX = 20_000;
/** Kinds of refusals that are counted apart within a minute. */
const COUNTED_MAX = 5_000;
const AGAIN_MS = 2_000;

export function accessRecorder({ logger, send }: AccessOptions): AccessRecorder {
  const waiting: CountedAccess[] = [];
  const repeated = new Map<string, { readonly latest: Access; readonly more: number }>();
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<boolean> | null = null;
  let failing = false;

  const put = (access: CountedAccess): void => {
    if (waiting.length >= WAITING_MAX) {
      lost.inc();
      return;
    }
    waiting.push(access);
    later(GATHER_MS);
  };
  const later = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void goOn();
    }, ms).unref();
  };
  const goOn = async (): Promise<void> => {
    const sent = await flush();
    if (waiting.length > 0) later(sent ? 0 : AGAIN_MS);
  };
  const flush = (): Promise<boolean> => (sending ??= (async () => {
    const batch = waiting.slice(0, BATCH_MAX);
    try {
      if (batch.length > 0) await send(batch);
      waiting.splice(0, batch.length);
      if (failing) logger.info({}, 'the audit domain takes accesses again');
      failing = false;
      return true;
    } catch (error) {
      if (!failing) logger.warn({ err: error, waiting: waiting.length }, 'accesses cannot be recorded; they are kept and sent again');
      failing = true;
      return false;
    } finally {
      sending = null;
    }
  })());
  const tellRepeated = (): void => {
    for (const [key, { latest, more }] of repeated) {
      if (more > 0) put({ ...latest, count: more });
      repeated.delete(key);
    }
  };
  const windows = setInterval(tellRepeated, WINDOW_MS).unref();

  return {
    take(access) {
      if (access.kind === 'MUTATION') return put({ ...access, count: 1 });
      const key = repeated.size < COUNTED_MAX ? keyOf(access) : '';
      const known = repeated.get(key);
      repeated.set(key, { latest: access, more: known === undefined ? 0 : known.more + 1 });
      if (known === undefined) put({ ...access, count: 1 });
    },
    async close() {
      clearInterval(windows);
      clearTimeout(timer);
      timer = undefined;
      tellRepeated();
      clearTimeout(timer);
      while (waiting.length > 0) if (!(await flush())) break;
      if (waiting.length > 0) logger.error({ lost: waiting.length }, 'accesses were lost: the audit domain could not be reached before the end');
    },
  };
}

const keyOf = ({ organizationId, actor, operation, codes, client }: Access): string => JSON.stringify([organizationId, actor, operation?.hash, codes, client.address]);
