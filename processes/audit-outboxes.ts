/**
 * Holds the audit trail against what the domains said: an entry whose event is in no outbox came from somebody else, unless a receipt says that it stood there before
 * old events were taken away; one whose event reads otherwise there was altered, here or there; an event that was published and is in no entry was kept from the
 * trail. Reads all outboxes, as the auditor's role alone may: it is for the command line.
 */
import { type Sql, schemaOf } from '@pms/events/sql';
import { type Gone, goneOf, isCovered, receiptFindings, SAME } from './audit-receipts.ts';
import { domainNames } from './catalogue.ts';

export interface OutboxFinding {
  readonly problem: 'EVENT_FORGED' | 'EVENT_ALTERED' | 'EVENT_MISSING' | 'RECEIPT_DIFFERS';
  readonly message: string;
}

/** Events that were committed this recently may be on their way still. */
const GRACE_MS = 600_000;
const FINDINGS_MAX = 20;

export async function outboxFindings(sql: Sql, organizationId: string, { graceMs = GRACE_MS }: { readonly graceMs?: number } = {}): Promise<OutboxFinding[]> {
  const found = [...(await ofNobody(sql, organizationId))];
  for (const domain of domainNames) {
    found.push(...(await ofDomain(sql, organizationId, domain)), ...(await missing(sql, organizationId, { domain, graceMs })));
    for (const message of await receiptFindings(sql, organizationId, domain)) found.push({ problem: 'RECEIPT_DIFFERS', message });
  }
  return found.slice(0, FINDINGS_MAX);
}

/** Entries whose events were taken out of the outboxes because of their age: by receipts, and without. */
export async function goneFromOutboxes(sql: Sql, organizationId: string): Promise<Gone> {
  const each: Gone[] = [];
  for (const domain of domainNames) each.push(await goneOf(sql, organizationId, domain));
  return { compared: each.reduce((sum, { compared }) => sum + compared, 0), uncompared: each.reduce((sum, { uncompared }) => sum + uncompared, 0) };
}

async function ofNobody(sql: Sql, organizationId: string): Promise<OutboxFinding[]> {
  const { rows } = await sql.query<{ seq: string; id: string; type: string }>(
    `select seq, event_id as id, type from audit.chain_entry where organization_id = $1 and split_part(type, '.', 1) <> all ($2) order by seq limit ${FINDINGS_MAX}`, [organizationId, domainNames]);
  return rows.map(({ seq, id, type }) => ({ problem: 'EVENT_FORGED', message: `entry ${seq} tells of ${id}, ${type}: there is no such domain` }));
}

async function ofDomain(sql: Sql, organizationId: string, domain: string): Promise<OutboxFinding[]> {
  const { rows } = await sql.query<{ seq: string; id: string; said: boolean }>(
    `select e.seq, e.event_id as id, o.id is not null as said from audit.chain_entry e left join ${schemaOf(domain)}.outbox_event o on o.id = e.event_id and o.organization_id = e.organization_id
      where e.organization_id = $1 and split_part(e.type, '.', 1) = $2 and ((o.id is null and not ${isCovered('$2')}) or (o.id is not null and not (${SAME}))) order by e.seq limit ${FINDINGS_MAX}`, [organizationId, domain]);
  return rows.map(({ seq, id, said }) => (said
    ? { problem: 'EVENT_ALTERED', message: `entry ${seq} does not tell ${id} as it stands where ${domain} said it: it was altered since` }
    : { problem: 'EVENT_FORGED', message: `entry ${seq} tells of ${id}, which ${domain} never said` }));
}

async function missing(sql: Sql, organizationId: string, { domain, graceMs }: { readonly domain: string; readonly graceMs: number }): Promise<OutboxFinding[]> {
  const { rows } = await sql.query<{ id: string; type: string }>(
    `select o.id, o.type from ${schemaOf(domain)}.outbox_event o where o.organization_id = $1 and o.recorded_at <= now() - make_interval(secs => $2)
        and not exists (select from audit.chain_entry e where e.event_id = o.id) order by o.seq limit ${FINDINGS_MAX}`, [organizationId, graceMs / 1_000]);
  return rows.map(({ id, type }) => ({ problem: 'EVENT_MISSING', message: `${domain} said ${id} (${type}), and no entry tells of it` }));
}
