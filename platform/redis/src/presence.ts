/** Whether Redis is there: says in the log when it goes and when it comes back, once each, and tells those who want to know. */
import type { RedisMetrics } from './metrics.ts';

/** The part of a pino logger that is used. */
export interface RedisLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface Presence {
  phase(): 'starting' | 'up' | 'away' | 'closed';
  there(): void;
  away(reason: string): void;
  /** Calls with each change; the answer stops that. */
  onChange(listener: (up: boolean) => void): () => void;
  close(): void;
}

export function presence(server: string, logger: RedisLogger, { up }: Pick<RedisMetrics, 'up'>): Presence {
  let phase: ReturnType<Presence['phase']> = 'starting';
  const listeners = new Set<(up: boolean) => void>();
  const becomes = (next: 'up' | 'away'): void => {
    phase = next;
    up.set({ server }, next === 'up' ? 1 : 0);
    for (const listener of listeners) listener(next === 'up');
  };
  up.set({ server }, 0);
  return {
    phase: () => phase,
    there() {
      if (phase === 'up' || phase === 'closed') return;
      if (phase === 'away') logger.info({ server }, 'Redis is back');
      becomes('up');
    },
    away(reason) {
      if (phase === 'away' || phase === 'closed') return;
      logger.warn({ server, reason }, 'Redis is away; until it is back this process goes by its own memory');
      becomes('away');
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      phase = 'closed';
      listeners.clear();
      up.remove({ server });
    },
  };
}
