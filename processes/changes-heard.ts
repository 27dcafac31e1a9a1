/**
 * How a router in a process of its own, without Redis, learns that answers it has kept are old: over Kafka it hears what all domains say. Where it has neither,
 * nobody can tell it; it says so once, and keeps answers for a few seconds alone.
 */
import { type Listening, listening } from '@pms/events/kafka/listening';
import type { Router } from '@pms/router';
import type { Logger } from '@pms/telemetry/logger';
import { domainNames } from './catalogue.ts';
import type { Environment } from './environment.ts';
import { type KeptAnswers, keptAnswers } from './kept-answers.ts';

export interface ChangesHeard {
  hears(): boolean;
  follow(router: Pick<Router, 'invalidate'>): void;
  close(): Promise<void>;
}

/** Null where the domains behind the router are not the platform's. `seconds` is how long answers are kept while nobody tells. */
export function changesFor({ subgraphUrls, kafka }: Environment, { seconds, logger }: { readonly seconds: number; readonly logger: Logger }): ChangesHeard | null {
  if (!subgraphUrls.has('auth')) return null;
  if (kafka === null) {
    logger.warn({ seconds }, 'neither REDIS_URL nor KAFKA_BROKERS is set: nobody tells this router what changes, and it keeps answers for so many seconds at most');
    return { hears: () => false, follow: () => undefined, close: () => Promise.resolve() };
  }
  let heard: Listening | null = null;
  let kept: KeptAnswers | null = null;
  return {
    hears: () => heard?.hears() === true,
    follow(router) {
      kept = keptAnswers(router, {
        subscribe: (name, [reaction]) => {
          heard = listening({
            settings: kafka, publishers: domainNames, name, logger,
            began: () => router.invalidate({ everything: true }),
            heard: async (events) => reaction?.reactAll?.(events),
          });
        },
      });
    },
    async close() {
      kept?.close();
      await heard?.close();
    },
  };
}
