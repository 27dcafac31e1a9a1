/**
 * Follows each version of a trade through checks, books and settlement. News of a version moves that version alone, and never backwards;
 * when a version is refused, the trade shows the one before it again. Subscribers hear of what the trade shows.
 */
import type { Reaction } from '@pms/events/bus';
import type { Event, EventType } from '@pms/events/envelope';
import type { Live } from '@pms/events/live';
import { settlementFailed, settlementProgressed, tradeBooked, tradeSettled } from '@pms/schema/events/transactional';
import { tradeNeedsApproval, tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import { announce } from '../commands/announce.ts';
import { entriesOf, mayEnter, shownVersion, type Status } from '../domain/trade.ts';
import type { News } from '../store/news-writes.ts';
import type { StandingVersion, StatusChange } from '../store/status-writes.ts';
import type { TradeStore } from '../store/trade-store.ts';
import type { TradeWrites } from '../store/writes.ts';
import { unseen } from './unseen.ts';

type Followed = Exclude<Status, 'CAPTURED' | 'CANCELLED'>;

interface About {
  readonly tradeId: string;
  readonly version: number;
}

interface Heard extends About {
  readonly organizationId: string;
  readonly status: Followed;
  readonly at: Date;
}

/** What moves a version forward. News of all these types is taken together, in order: a version that is allowed and booked in one run is written once. */
const FOLLOWED: ReadonlyMap<string, { readonly type: EventType<About>; readonly status: Followed }> = new Map([
  { type: tradeValidated, status: 'VALIDATED' as const },
  { type: tradeNeedsApproval, status: 'PENDING_APPROVAL' as const },
  { type: tradeBooked, status: 'BOOKED' as const },
  { type: tradeSettled, status: 'SETTLED' as const },
].map((followed) => [followed.type.name, followed]));

/** After it a trade may show another version: news that comes behind it is not told before. */
const REFUSED: typeof FOLLOWED = new Map([[tradeRejected.name, { type: tradeRejected, status: 'REJECTED' }]]);

export const tradeStatusReactions = (store: TradeStore, live: Live): Reaction[] => [
  ...following(store, live, FOLLOWED), ...following(store, live, REFUSED), onDeliveryReversed(store, live), onSettlementFailed(store, live),
];

/** Reactions to all of the types, with one way to take them together. */
function following(store: TradeStore, live: Live, types: typeof FOLLOWED): Reaction[] {
  const reactAll = async (events: readonly Event[]): Promise<void> => {
    const messages = await store.transaction(async (tx) => {
      const heard = heardOf(await unseen(tx, events), types);
      await tx.lockNews(events.map(({ key }) => key));
      const { changes, news } = await move(tx, heard);
      if (types === REFUSED) await showAgain(tx, changes.map(({ tradeId }) => tradeId));
      return tx.addNews(news);
    });
    announce(live, messages);
  };
  return [...types.keys()].map((type) => ({ type, acrossKeys: true, react: (event) => reactAll([event]), reactAll }));
}

function heardOf(events: readonly Event[], types: typeof FOLLOWED): Heard[] {
  return events.flatMap(({ type, data, organizationId, occurredAt }) => {
    const followed = types.get(type);
    if (followed === undefined) return [];
    const { tradeId, version } = followed.type.data.parse(data);
    return [{ organizationId, tradeId, version, status: followed.status, at: new Date(occurredAt) }];
  });
}

interface Moved {
  readonly changes: readonly StatusChange[];
  /** In order. */
  readonly news: readonly News[];
}

/** Mostly a run has one piece of news of a version: then it is one statement that says which may move, and moves them. */
async function move(tx: TradeWrites, heard: readonly Heard[]): Promise<Moved> {
  if (new Set(heard.map(keyOf)).size < heard.length) {
    const moves = moved(heard, await tx.versionsOf(heard));
    await tx.moveStatuses(moves.changes);
    return moves;
  }
  const entered = new Map((await tx.enterStatuses(heard.map((one) => ({ ...one, from: entriesOf(one.status) })))).map((version) => [keyOf(version), version]));
  const steps = heard.flatMap((one) => {
    const version = entered.get(keyOf(one));
    return version === undefined ? [] : [{ one, version }];
  });
  return {
    changes: steps.map(({ one: { tradeId, version, status, at } }) => ({ tradeId, version, status, at })),
    news: steps.filter(({ version }) => version.shown === version.version).map(({ one, version }) => newsOf(version, one.status, one.at)),
  };
}

/** Each version's last status, and news of every one that a shown version has entered, in order. */
function moved(heard: readonly Heard[], standing: readonly StandingVersion[]): Moved {
  const versions = new Map(standing.map((version) => [keyOf(version), version]));
  const changes = new Map<string, StatusChange>();
  const news: News[] = [];
  for (const { status, at, ...about } of heard) {
    const key = keyOf(about);
    const version = versions.get(key);
    if (version === undefined || !mayEnter(changes.get(key)?.status ?? version.status, status)) continue;
    changes.set(key, { tradeId: version.tradeId, version: version.version, status, at });
    if (version.shown === version.version) news.push(newsOf(version, status, at));
  }
  return { changes: [...changes.values()], news };
}

const keyOf = ({ tradeId, version }: About): string => `${tradeId} ${version}`;

async function showAgain(tx: TradeWrites, tradeIds: readonly string[]): Promise<void> {
  const versions = Map.groupBy(await tx.versionStatuses(tradeIds), ({ tradeId }) => tradeId);
  await tx.showVersions([...versions].map(([tradeId, all]) => ({ tradeId, version: shownVersion(all) })));
}

/** The one way back: what had settled and was taken back by the custodian is booked again. Everything else on the way to settlement changes no status. */
const onDeliveryReversed = (store: TradeStore, live: Live): Reaction => ({
  type: settlementProgressed.name,
  async react(event) {
    const { progress, on, reason, ...about } = settlementProgressed.data.parse(event.data);
    announce(live, await store.transaction(async (tx) => {
      // seen is what a token is waited by, also where there is nothing to do
      if ((await unseen(tx, [event])).length === 0 || progress !== 'DELIVERY_REVERSED') return [];
      await tx.lockNews([event.key]);
      const at = new Date(event.occurredAt);
      const settled = (await tx.versionsOf([{ organizationId: event.organizationId, ...about }])).filter(({ status }) => status === 'SETTLED');
      await tx.reopen(settled.map((version) => ({ ...version, at, reason: `the custodian took the delivery back on ${on}${reason === undefined ? '' : `: ${reason}`}` })));
      return tx.addNews(settled.filter(({ shown, version }) => shown === version).map((version) => newsOf(version, 'SETTLEMENT_REVERSED', at)));
    }));
  },
});

/** A failed settlement leaves the trade booked: it is tried again. Subscribers hear of it. */
const onSettlementFailed = (store: TradeStore, live: Live): Reaction => ({
  type: settlementFailed.name,
  async react(event) {
    announce(live, await store.transaction(async (tx) => {
      const failed = (await unseen(tx, [event])).map(({ data, organizationId }) => ({ organizationId, ...settlementFailed.data.parse(data) }));
      await tx.lockNews([event.key]);
      const versions = await tx.versionsOf(failed);
      return tx.addNews(versions.filter(({ shown, version }) => shown === version).map((version) => newsOf(version, 'SETTLEMENT_FAILED', new Date(event.occurredAt))));
    }));
  },
});

const newsOf = ({ tradeId, organizationId, portfolioId, version }: Omit<StandingVersion, 'status'>, kind: News['kind'], at: Date): News =>
  ({ tradeId, organizationId, portfolioId, kind, version, at: at.toISOString() });
