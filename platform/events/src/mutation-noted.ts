/**
 * That somebody asked for a change, where no other event tells of it: it was refused, it failed, or it left nothing to tell. Every domain says it in the same words;
 * key: the actor. And whether events were told in the course of a request, which is how that is known.
 */
import { z } from 'zod';
import { defineEvent, type Event } from './envelope.ts';

export const mutationNotedBy = (domain: string) => defineEvent(`${domain}.mutation-noted.v1`, {
  /** As the schema calls it, for example `captureTrade`. */
  mutation: z.string(),
  outcome: z.enum(['DONE', 'REFUSED', 'FAILED']),
  /** Why, in the codes that the caller was told. */
  codes: z.array(z.string()),
  /** What was asked for: ids, figures and choices as they came; other text as how long it was, since it may say something about people, or be a secret. */
  input: z.unknown(),
});

interface Watch {
  told: boolean;
  /** Others of the same request ran at the same time: whose events they were is not known. */
  shared: boolean;
}

const watches = new Map<string, Set<Watch>>();
const keyOf = ({ organizationId, correlationId }: Pick<Event, 'organizationId' | 'correlationId'>): string => `${organizationId} ${correlationId}`;

export interface Watching {
  /** Ends it; says whether events of the request were told, by nobody else at the same time. */
  end(): boolean;
}

export function watchTelling(request: Pick<Event, 'organizationId' | 'correlationId'>): Watching {
  const key = keyOf(request);
  const own: Watch = { told: false, shared: false };
  const all = watches.get(key) ?? new Set();
  all.add(own);
  watches.set(key, all);
  if (all.size > 1) for (const one of all) one.shared = true;
  return {
    end() {
      all.delete(own);
      if (all.size === 0) watches.delete(key);
      return own.told && !own.shared;
    },
  };
}

/** Called for everything that goes into an outbox. */
export function noteTelling(events: readonly Event[]): void {
  if (watches.size === 0) return;
  for (const event of events) for (const watch of watches.get(keyOf(event)) ?? []) watch.told = true;
}
