/**
 * Follows each version of a trade through checks, books and settlement. News of a version moves that version alone, and never backwards;
 * when a version is refused, the trade shows the one before it again. Subscribers hear of what the trade shows.
 */
import type { Reaction } from '@pms/events/bus';
import type { Event, EventType } from '@pms/events/envelope';
import type { Live } from '@pms/events/live';
import { settlementFailed, tradeBooked, tradeSettled } from '@pms/schema/events/transactional';
import { tradeNeedsApproval, tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import { announce } from '../commands/announce.ts';
import { mayEnter, shownVersion, type Status } from '../domain/trade.ts';
import type { News } from '../store/news-writes.ts';
import type { StandingVersion, StatusChange } from '../store/status-writes.ts';
import type { TradeStore } from '../store/trade-store.ts';
import type { TradeWrites } from '../store/writes.ts';
import { unseen } from './unseen.ts';

interface About {
  readonly tradeId: string;
  readonly version: number;
}

interface Heard extends About {
  readonly organizationId: string;
  readonly at: Date;
}

export const tradeStatusReactions = (store: TradeStore, live: Live): Reaction[] => [
  following(store, live, tradeValidated, 'VALIDATED'),
  following(store, live, tradeRejected, 'REJECTED'),
  following(store, live, tradeNeedsApproval, 'PENDING_APPROVAL'),
  following(store, live, tradeBooked, 'BOOKED'),
  following(store, live, tradeSettled, 'SETTLED'),
  onSettlementFailed(store, live),
];

type Followed = 'VALIDATED' | 'REJECTED' | 'PENDING_APPROVAL' | 'BOOKED' | 'SETTLED';

function following<Data extends About>(store: TradeStore, live: Live, type: EventType<Data>, status: Followed): Reaction {
  const reactAll = async (events: readonly Event[]): Promise<void> => {
    const messages = await store.transaction(async (tx) => {
      const heard = await firstHeard(tx, type, events);
      await tx.lockNews(events.map(({ key }) => key));
      const standing = await tx.versionsForUpdate(heard);
      const moving = movable(heard, standing, status);
      await tx.moveStatuses(moving.map(({ change }) => change));
      if (status === 'REJECTED') await showAgain(tx, moving.map(({ change }) => change.tradeId));
      return tx.addNews(moving.filter(({ version }) => version.shown === version.version).map(({ version, change }) => newsOf(version, status, change.at)));
    });
    announce(live, messages);
  };
  return { type: type.name, acrossKeys: true, react: (event) => reactAll([event]), reactAll };
}

async function firstHeard<Data extends About>(tx: TradeWrites, type: EventType<Data>, events: readonly Event[]): Promise<Heard[]> {
  return (await unseen(tx, events)).map(({ data, organizationId, occurredAt }) => {
    const { tradeId, version } = type.data.parse(data);
    return { organizationId, tradeId, version, at: new Date(occurredAt) };
  });
}

function movable(heard: readonly Heard[], standing: readonly StandingVersion[], status: Status): { version: StandingVersion; change: StatusChange }[] {
  const versions = new Map(standing.map((version) => [`${version.tradeId} ${version.version}`, version]));
  return heard.flatMap(({ tradeId, version: number, at }) => {
    const version = versions.get(`${tradeId} ${number}`);
    return version !== undefined && mayEnter(version.status, status) ? [{ version, change: { tradeId, version: number, status, at } }] : [];
  });
}

async function showAgain(tx: TradeWrites, tradeIds: readonly string[]): Promise<void> {
  const versions = Map.groupBy(await tx.versionStatuses(tradeIds), ({ tradeId }) => tradeId);
  await tx.showVersions([...versions].map(([tradeId, all]) => ({ tradeId, version: shownVersion(all) })));
}

/** A failed settlement leaves the trade booked: it is tried again. Subscribers hear of it. */
const onSettlementFailed = (store: TradeStore, live: Live): Reaction => ({
  type: settlementFailed.name,
  async react(event) {
    announce(live, await store.transaction(async (tx) => {
      const heard = await firstHeard(tx, settlementFailed, [event]);
      await tx.lockNews([event.key]);
      const versions = await tx.versionsForUpdate(heard);
      return tx.addNews(versions.filter(({ shown, version }) => shown === version).map((version) => newsOf(version, 'SETTLEMENT_FAILED', new Date(event.occurredAt))));
    }));
  },
});

const newsOf = ({ tradeId, organizationId, portfolioId, version }: StandingVersion, kind: News['kind'], at: Date): News =>
  ({ tradeId, organizationId, portfolioId, kind, version, at: at.toISOString() });
