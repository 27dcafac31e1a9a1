/**
 * Old events are taken out of the outboxes, which the audit trail is held against. Before they may go the auditor compares them with their entries, and leaves a
 * receipt: of one publisher, how far in an organisation's chain, a digest of what stood in both, and which entries did not. The place of an entry in the chain
 * decides, never a time that it states: one that is forged comes at the chain's end, behind every receipt, and is compared when the next is written.
 */
import { type Round, rounds } from '@pms/events/pruning';
import { type Sql, schemaOf } from '@pms/events/sql';
import type { Logger } from '@pms/telemetry/logger';

/** Old events that one comparison looks at. */
const BATCH_MAX = 5_000;
const BATCHES_MAX = 100;
const FROM_THE_START = '0';
/** Entries that a line of the log names. */
const NAMED_MAX = 20;

/** Whether an entry `e` tells what the event `o` says. */
export const SAME = `o.type = e.type and o.actor = e.actor and o.correlation_id = e.correlation_id and o.causation_id is not distinct from e.causation_id
  and o.reason is not distinct from e.reason and date_trunc('milliseconds', o.occurred_at) = e.occurred_at and o.data::jsonb = e.data`;

/** The receipts `r` that cover the entry `e` of a publisher. */
const COVERS = (publisher: string): string =>
  `r.organization_id = e.organization_id and r.publisher = ${publisher} and e.seq > r.after_seq and e.seq <= r.through_seq and e.seq <> all (coalesce(r.strangers, '{}'))`;

const DIGEST = `encode(sha256(coalesce(string_agg(decode(hash, 'hex'), ''::bytea order by seq) filter (where stands), ''::bytea)), 'hex')`;

/** What has to hold of an old event, besides its age, for it to go (platform/events/src/pruning.ts). `domain` is one of ours, and no text from outside. */
export const vouchedFor = (domain: string): string =>
  `exists (select from audit.chain_entry as e where e.event_id = oldest.id and e.organization_id = oldest.organization_id and exists (select from audit.outbox_receipt as r where ${COVERS(`'${domain}'`)}))`;

export interface Vouching {
  readonly receipts: number;
  /** Entries that no event stood for. */
  readonly strangers: number;
}

export interface VouchOptions {
  readonly keepDays: number;
  readonly logger: Logger;
  /** Where one is shared, what did not fit into it is gone on with: events that are kept as evidence are looked at each time anew. */
  readonly round?: Round;
}

/** Compares old events of a domain with the trail, and writes receipts down. Entries that no event stands for are told in the log besides. */
export async function vouch(sql: Sql, domain: string, { keepDays, logger, round = rounds(BATCHES_MAX) }: VouchOptions): Promise<Vouching> {
  const { reached, batchesMax } = round;
  let [receipts, strange, after] = [0, 0, reached.get(domain) ?? FROM_THE_START];
  reached.delete(domain);
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const { last, looked, written } = await vouchOnce(sql, domain, { keepDays, after });
    receipts += written.length;
    for (const { organizationId, strangers } of written) {
      if (strangers.length > 0) logger.error({ domain, organizationId, entries: strangers.slice(0, NAMED_MAX) }, 'entries of the audit trail tell what no domain said: look with pms audit verify');
      strange += strangers.length;
    }
    if (looked < BATCH_MAX || last === null) return { receipts, strangers: strange };
    after = last;
  }
  reached.set(domain, after);
  return { receipts, strangers: strange };
}

interface Vouched {
  /** Of the outbox: where the next batch begins. */
  readonly last: string | null;
  readonly looked: number;
  readonly written: readonly { readonly organizationId: string; readonly strangers: readonly number[] }[];
}

/** One statement, so that receipt and comparison see the same rows. Nothing is written where the events are covered already. */
async function vouchOnce(sql: Sql, domain: string, { keepDays, after }: { readonly keepDays: number; readonly after: string }): Promise<Vouched> {
  const outbox = `${schemaOf(domain)}.outbox_event`;
  const { rows: [done] } = await sql.query<Vouched>(
    `with batch as (select seq, id, organization_id, recorded_at from ${outbox} where seq > $3 order by seq limit ${BATCH_MAX}),
     old as (select * from batch where recorded_at < now() - make_interval(days => $1)),
     reached as (select e.organization_id, max(e.seq) as through_seq from old join audit.chain_entry as e on e.event_id = old.id and e.organization_id = old.organization_id group by 1),
     ranges as (select organization_id, through_seq, coalesce((select max(r.through_seq) from audit.outbox_receipt as r where r.organization_id = reached.organization_id and r.publisher = $2), 0) as after_seq from reached),
     compared as (select e.organization_id, n.after_seq, n.through_seq, e.seq, e.hash, o.id is not null and ${SAME} as stands
        from ranges as n join audit.chain_entry as e on e.organization_id = n.organization_id and e.seq > n.after_seq and e.seq <= n.through_seq and split_part(e.type, '.', 1) = $2
        left join ${outbox} as o on o.id = e.event_id and o.organization_id = e.organization_id where n.through_seq > n.after_seq),
     written as (insert into audit.outbox_receipt (organization_id, publisher, after_seq, through_seq, entries, strangers, digest)
       select organization_id, $2, after_seq, through_seq, count(*) filter (where stands), coalesce(array_agg(seq order by seq) filter (where not stands), '{}'), ${DIGEST} from compared group by organization_id, after_seq, through_seq
       on conflict do nothing returning organization_id, strangers)
     select (select max(seq) from old)::text as last, (select count(*) from old)::int as looked,
            coalesce((select jsonb_agg(jsonb_build_object('organizationId', organization_id, 'strangers', strangers)) from written), '[]') as written`, [keepDays, domain, after]);
  return done ?? { last: null, looked: 0, written: [] };
}

/** Of an organisation: entries whose events are in no outbox any more. */
export interface Gone {
  /** A receipt says that they stood there. */
  readonly compared: number;
  /** They went before there were receipts. */
  readonly uncompared: number;
}

/** The condition under which an entry `e` without an event is excused. */
export const isCovered = (publisher: string): string => `exists (select from audit.outbox_receipt as r where ${COVERS(publisher)})`;

export async function goneOf(sql: Sql, organizationId: string, domain: string): Promise<Gone> {
  const { rows: [counted] } = await sql.query<Gone>(
    `select count(*) filter (where r.digest is not null)::int as compared, count(*) filter (where r.digest is null)::int as uncompared
       from audit.chain_entry as e join audit.outbox_receipt as r on ${COVERS('$2')}
      where e.organization_id = $1 and split_part(e.type, '.', 1) = $2 and not exists (select from ${schemaOf(domain)}.outbox_event as o where o.id = e.event_id and o.organization_id = e.organization_id)`,
    [organizationId, domain]);
  return counted ?? { compared: 0, uncompared: 0 };
}

/** Receipts that do not fit the chain as it is now, or each other: entries that they speak of were changed, put in or taken out since. */
export async function receiptFindings(sql: Sql, organizationId: string, domain: string): Promise<string[]> {
  const { rows } = await sql.query<{ after: string; through: string; whole: boolean }>(
    `select r.after_seq as after, r.through_seq as through, r.after_seq = coalesce(lag(r.through_seq) over (order by r.through_seq), 0)
            and (r.digest is null or (found.entries = r.entries and found.digest = r.digest)) as whole
       from audit.outbox_receipt as r cross join lateral (
         select count(*) filter (where stands) as entries, ${DIGEST} as digest
           from (select e.seq, e.hash, e.seq <> all (coalesce(r.strangers, '{}')) as stands from audit.chain_entry as e
                  where e.organization_id = $1 and e.seq > r.after_seq and e.seq <= r.through_seq and split_part(e.type, '.', 1) = $2) as each) as found
      where r.organization_id = $1 and r.publisher = $2 order by r.through_seq`, [organizationId, domain]);
  return rows.filter(({ whole }) => !whole)
    .map(({ after, through }) => `entries of ${domain} behind ${after} and up to ${through} are not those that were compared before their events were taken away`);
}
