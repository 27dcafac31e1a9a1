/** What keeps the OAuth tables small, and the demo's well-known passwords out of production. */
import type { Settings } from '@pms/subgraph/subgraph';
import type { Logger } from '@pms/telemetry/logger';

const SWEEP_EVERY_MS = 600_000;

/** Throws where settings ask for both. */
export function refuseDemoInProduction({ demo, production }: Settings): void {
  if (demo && production) throw new Error('the demo world has passwords that everybody knows: it cannot be opened in production');
}

export interface SweeperParts {
  readonly sweeps: readonly ((at: Date) => Promise<void>)[];
  readonly logger: Logger;
  now(): Date;
}

export function sweeper({ sweeps, logger, now }: SweeperParts): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const sweep = async (): Promise<void> => {
    for (const one of sweeps) await one(now()).catch((error: unknown) => logger.warn({ error }, 'expired rows could not be swept away; they are tried again'));
  };
  return {
    start: () => { timer = setInterval(() => void sweep(), SWEEP_EVERY_MS).unref(); },
    stop: () => clearInterval(timer),
  };
}
