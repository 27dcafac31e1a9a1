/** Waiting in a domain for what a consistency token names: how the token is presented, how long is waited, and what ends the waiting before its time. */
import { setTimeout as delay } from 'node:timers/promises';
import { badInput, DomainError } from '@pms/errors';
import { type Says, surelyRecorded, unhandled } from '@pms/events/consistency';
import { type Awaited, type Token, tokenOf, whoseIs } from '@pms/events/consistency-token';
import type { PutAside } from '@pms/events/parking';
import type { Sql } from '@pms/events/sql';
import { counter } from '@pms/telemetry/metrics';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';

export const CONSISTENCY_HEADER = 'x-pms-consistency';

const LOOK_MS_FIRST = 2;
const LOOK_MS_MAX = 50;
/** Whether an event was put aside is looked for less often: it seldom was. */
const ASIDE_EVERY_MS = 250;

const stale = counter('pms_reads_stale_total', 'Queries refused because what their consistency token names or led to did not arrive in time, or was put aside as failing', ['domain']);

/** A domain, and the database that it is on. */
export interface Seat {
  readonly subgraph: Subgraph;
  readonly database: Sql;
}

export interface Waiting {
  /** How long a token is waited for. */
  readonly waitMsMax: number;
  /** The first of these events that a domain has put aside, or that waits behind one; absent where nobody can say. */
  readonly putAside?: ((domain: string, eventIds: readonly string[]) => Promise<PutAside | null>) | undefined;
  /** What events say of which a domain records some alone; absent where nobody can say: none of them is waited for then. */
  readonly says?: Says | undefined;
}

const NONE: ReadonlySet<string> = new Set();

/** Of what a domain records in part, the events that it does. */
export const surely = ({ subgraph }: Pick<Seat, 'subgraph'>, events: readonly Awaited[], { says }: Pick<Waiting, 'says'>): Promise<ReadonlySet<string>> =>
  (says === undefined ? Promise.resolve(NONE) : surelyRecorded(subgraph, events, says));

/** A token as it came, and how long its sender still waits. */
export interface Presented {
  /** Whether what followed from its events is asked for, instead of an answer that shows them. */
  readonly follow: boolean;
  readonly waitMs: number;
  readonly token: Token;
}

/** The router says how much of its time is left, and whether it asks what followed. */
const SAID = /^(wait|follow)=(\d{1,7});/;

/** Whether a request asks what followed from the events of its token. */
export const asksWhatFollowed = ({ headers }: SubgraphRequest): boolean => headers?.[CONSISTENCY_HEADER]?.startsWith('follow=') === true;

/** Null where no token is presented. Throws BAD_USER_INPUT for what is none of the sender's organisation. */
export function presentedBy({ headers, principal }: SubgraphRequest, waitMsMax: number): Presented | null {
  const given = headers?.[CONSISTENCY_HEADER];
  if (given === undefined) return null;
  const [said = '', how, ms] = SAID.exec(given) ?? [];
  const token = tokenOf(given.slice(said.length));
  if (token?.whose !== whoseIs(principal?.organizationId ?? ''))
    throw badInput(`the header ${CONSISTENCY_HEADER} holds no consistency token of your organisation: send what a mutation answered to you, unchanged`);
  return { follow: how === 'follow', waitMs: ms === undefined ? waitMsMax : Math.min(Number(ms), waitMsMax), token };
}

/** Resolves once the domain has handled those of the events that it hears. Throws STALE_READ when the time has passed, and at once for what was put aside: no waiting helps it. */
export async function arrived({ subgraph, database }: Seat, events: readonly Awaited[], { waitMs, putAside, says }: { readonly waitMs: number } & Pick<Waiting, 'putAside' | 'says'>): Promise<void> {
  const sure = await surely({ subgraph }, events, { says });
  let missing = events;
  let lookedAside = performance.now();
  const isThere = async (): Promise<boolean> => {
    missing = await unhandled(database, subgraph, events, sure);
    if (missing.length > 0 && putAside !== undefined && performance.now() - lookedAside > ASIDE_EVERY_MS) {
      const aside = await putAside(subgraph.name, missing.map(({ id }) => id));
      if (aside !== null) throw refused(subgraph.name, missing, aside);
      lookedAside = performance.now();
    }
    return missing.length === 0;
  };
  if (!(await within(waitMs, isThere))) throw late(subgraph.name, missing);
}

/** A client that was refused may ask again after this. */
const RETRY_AFTER_MS = 1_000;

export function late(domain: string, missing: readonly Awaited[]): DomainError {
  stale.inc({ domain });
  const waitsFor = typesOf(missing);
  return new DomainError('STALE_READ', `${domain} has not taken in in time what the consistency token names or led to (${waitsFor.join(', ')}): ask again, or without the token to read what is there`, {
    domain, waitsFor, retryAfterMs: RETRY_AFTER_MS,
  });
}

function refused(domain: string, missing: readonly Awaited[], { eventId, type }: PutAside): DomainError {
  stale.inc({ domain });
  return new DomainError('STALE_READ', `${domain} could not handle ${type} and has put it aside until an operator replays it: what the consistency token names or led to is not in its answers. Ask without the token to read what is there`, {
    domain, waitsFor: typesOf(missing), putAside: eventId,
  });
}

const typesOf = (events: readonly Awaited[]): string[] => [...new Set(events.map(({ type }) => type))];

/** Looks again and again, at growing intervals; resolves to whether it came true. */
export async function within(ms: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (let look = LOOK_MS_FIRST; ; look = Math.min(look * 2, LOOK_MS_MAX)) {
    if (await isTrue()) return true;
    if (performance.now() + look > deadline) return false;
    await delay(look);
  }
}
