/**
 * Which events a domain hears, and which it may write because of each: the ways that a consequence takes, where a consistency token has to be followed. What a domain does by
 * the calendar or at a person's word (settlement, a corporate action when it is due, an approval) is no consequence. A test holds it against the domains' own reactions.
 */
import type { EventType } from '@pms/events/envelope';
import { performanceMeasured } from '@pms/schema/events/analytics';
import { personErased, userCreated } from '@pms/schema/events/auth';
import { portfolioClosed, portfolioCreated, portfolioUpdated, investorCreated } from '@pms/schema/events/portfolio';
import { corporateActionAmended, corporateActionAnnounced, corporateActionCancelled, fxRatePublished, instrumentCreated, pricesRecorded } from '@pms/schema/events/rttm';
import { tradeAmended, tradeCancelled, tradeCaptured } from '@pms/schema/events/trade-capture';
import {
  bookingRefused, cashMoved, corporateActionApplied, corporateActionReversed, entitlementPaid, lotsReallocated, settlementClaimed, settlementFailed, settlementProgressed, tradeBooked,
  tradeReversed, tradeSettled,
} from '@pms/schema/events/transactional';
import { tradeNeedsApproval, tradeRejected, tradeValidated } from '@pms/schema/events/validation';
import type { DomainName } from './catalogue.ts';

/** By domain and type heard (`*`: every type), the types that may follow. */
export type Flows = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

type Type = Pick<EventType<unknown>, 'name'>;

const heard = (types: readonly Type[], leadsTo: readonly Type[] = []): [string, readonly string[]][] => types.map(({ name }) => [name, leadsTo.map((type) => type.name)]);

const DECISIONS = [tradeValidated, tradeRejected, tradeNeedsApproval];
const BOOKS = [
  tradeBooked, bookingRefused, tradeReversed, lotsReallocated, cashMoved, corporateActionApplied, corporateActionReversed, entitlementPaid,
  settlementProgressed, settlementFailed, settlementClaimed, tradeSettled,
];
const MEASURED = [
  portfolioCreated, portfolioUpdated, pricesRecorded, fxRatePublished, corporateActionAnnounced, corporateActionAmended, corporateActionCancelled, corporateActionApplied,
  corporateActionReversed, tradeBooked, tradeReversed, lotsReallocated, cashMoved,
];

const byDomain: Readonly<Record<DomainName, readonly [string, readonly string[]][]>> = {
  analytics: [...heard(MEASURED, [performanceMeasured]), ...heard([instrumentCreated])],
  audit: [['*', []]],
  auth: heard([investorCreated]),
  leaderboard: heard([portfolioCreated, portfolioUpdated, portfolioClosed, performanceMeasured]),
  portfolio: heard([instrumentCreated]),
  rttm: [],
  simulation: heard([portfolioCreated, pricesRecorded, tradeBooked, tradeReversed, cashMoved, corporateActionApplied, corporateActionReversed]),
  'trade-capture': heard([portfolioCreated, portfolioClosed, instrumentCreated, ...DECISIONS, tradeBooked, tradeSettled, settlementFailed, settlementProgressed]),
  transactional: [
    ...heard([tradeValidated, tradeCancelled, portfolioCreated, portfolioUpdated], BOOKS),
    ...heard([portfolioClosed, instrumentCreated, fxRatePublished, pricesRecorded, corporateActionAnnounced, corporateActionAmended, corporateActionCancelled, userCreated, personErased]),
  ],
  validation: [
    ...heard([tradeCaptured, tradeAmended], DECISIONS), ...heard([bookingRefused], [tradeRejected]),
    ...heard([portfolioCreated, instrumentCreated, pricesRecorded, tradeBooked, cashMoved, corporateActionApplied, corporateActionReversed, tradeCancelled]),
  ],
};

export const flows: Flows = new Map(Object.entries(byDomain).map(([domain, types]) => [domain, new Map(types)]));
