/** Which domain gives out which data set: for `pms export`, and for a router that passes requests on. */
import type { DomainName } from './catalogue.ts';

export const exportOwners: Readonly<Record<string, DomainName>> = {
  trades: 'trade-capture', 'trade-versions': 'trade-capture', prices: 'rttm', positions: 'transactional', lots: 'transactional', closings: 'transactional', cash: 'transactional', journal: 'transactional',
  'audit-trail': 'audit',
};
