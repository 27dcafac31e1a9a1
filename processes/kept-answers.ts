/**
 * Takes answers that the router has kept out when the platform's events say that what they hold has changed. An event
 * names what it is about: `portfolioId` is a Portfolio, wherever it stands in it.
 */
import type { Bus, Reaction } from '@pms/events/bus';
import type { Event } from '@pms/events/envelope';
import type { Router } from '@pms/router';
import { type Invalidation, nameEntities } from '@pms/router/cache/tags';

/** Other domains bring their read models up to date on the same event; an answer read before they had is taken out after this time. */
const FOLLOW_UP_MS = 2_000;
/** Changes that wait for it; beyond that whole types are taken out. */
const WAITING_MAX = 10_000;

/** Where an event's word for it is not the schema's. */
const SCHEMA_NAMES: ReadonlyMap<string, string> = new Map([['Rule', 'ComplianceRule']]);
/** What some events change without naming it. */
const UNNAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['validation.trade-rejected.v1', ['Breach']], ['validation.trade-needs-approval.v1', ['Breach']], ['validation.trade-validated.v1', ['Breach']],
  ['validation.restricted-list-set.v1', ['Breach']], ['auth.organization-created.v1', ['Organization']],
]);

export interface KeptAnswers {
  close(): void;
}

/** Call before the bus is started. */
export function keptAnswers(router: Pick<Router, 'invalidate'>, bus: Pick<Bus, 'subscribe'>): KeptAnswers {
  const waiting = new Map<string, Invalidation>();
  let timer: NodeJS.Timeout | undefined;
  const followUp = (): void => {
    timer = undefined;
    const changes = [...waiting.values()];
    waiting.clear();
    void router.invalidate(...changes);
  };
  const wait = (change: Invalidation): void => {
    const whole = 'typename' in change && waiting.size >= WAITING_MAX ? { typename: change.typename } : change;
    waiting.set(JSON.stringify(whole), whole);
  };
  const reactAll = async (events: readonly Event[]): Promise<void> => {
    const changes = events.flatMap(changesOf);
    await router.invalidate(...changes);
    for (const change of changes) wait(change);
    timer ??= setTimeout(followUp, FOLLOW_UP_MS);
    timer.unref();
  };
  bus.subscribe('router', [{ type: '*', react: (event) => reactAll([event]), reactAll } satisfies Reaction]);
  return { close: () => clearTimeout(timer) };
}

export function changesOf({ type, data }: Pick<Event, 'type' | 'data'>): Invalidation[] {
  const named = new Map<string, Invalidation>();
  const every = { keys: { has: () => true } };
  nameEntities(every, data, (name, id) => {
    if (typeof id !== 'string') return;
    const typename = SCHEMA_NAMES.get(name) ?? name;
    named.set(`${typename}:${id}`, { typename, id });
  });
  return [...named.values(), ...(UNNAMED.get(type) ?? []).map((typename) => ({ typename }))];
}
