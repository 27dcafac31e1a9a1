/** What the platform's own proofs say, and the journal as plain SQL adds it up. */
import { eventIn } from '@pms/events/kafka/cloud-event';
import type { Violation } from '../load/recorded.ts';
import { databaseNow } from '../support/cluster.ts';
import { session } from '../support/postgres.ts';
import type { Check, Subject } from './subject.ts';
import { published } from './topics.ts';

const OUTPUT_MAX = 1_500;

async function proof({ cluster }: Subject, ...command: readonly string[]): Promise<Violation[]> {
  const { code, output } = await cluster.pms(...command);
  return code === 0 ? [] : [{ name: `pms ${command.join(' ')} fails`, detail: output.trim().slice(-OUTPUT_MAX) }];
}

export const booksHold: Check = { name: 'the books prove themselves (pms books verify)', find: (subject) => proof(subject, 'books', 'verify') };
export const rebuiltTheSame: Check = { name: 'projections equal a rebuild (pms rebuild --verify)', find: (subject) => proof(subject, 'rebuild', '--verify') };
const FORGED = /^\S+ +EVENT_FORGED: entry \d+ tells of (?<id>evt_[\w-]+), which trade-capture never said$/;

/** The chains hold, and of events that no domain said each is named that was put on a topic, and no other. */
export function auditFindings(output: string, forged: ReadonlySet<string>): Violation[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.endsWith('the chain holds'));
  const named = new Set(lines.flatMap((line) => FORGED.exec(line)?.groups?.['id'] ?? []));
  return [
    ...lines.filter((line) => !forged.has(FORGED.exec(line)?.groups?.['id'] ?? '')).map((detail) => ({ name: 'pms audit verify finds damage', detail })),
    ...[...forged].filter((id) => !named.has(id)).map((id) => ({ name: 'a forged event is not named', detail: id })),
  ];
}

export const auditHolds: Check = {
  name: 'audit chains verify, and forged events are named (pms audit verify)',
  async find({ cluster }) {
    const { code, output } = await cluster.pms('audit', 'verify');
    const forged = new Set((await published(cluster)).filter(({ poison }) => poison === 'unusable').map(({ value }) => eventIn(value).event.id));
    const found = auditFindings(output, forged);
    return code === 0 || found.length > 0 || forged.size > 0 ? found : [{ name: 'pms audit verify fails', detail: output.trim().slice(-OUTPUT_MAX) }];
  },
};

/** Of a select that gives what must not be there. */
const none = (name: string, violation: string, statement: string): Check => ({
  name,
  find: ({ cluster }) => session(databaseNow(cluster), async (client) =>
    (await client.query<Record<string, unknown>>(statement)).rows.map((row) => ({ name: violation, detail: JSON.stringify(row) }))),
});

export const journalBalances = none('each journal entry balances in each currency', 'unbalanced entry',
  'select entry_id, currency, sum(amount) from transactional.journal_line group by 1, 2 having sum(amount) <> 0');

/** Numbers that are given one after another, per key: one that is missing was lost. */
const numbered = (table: string, key: string, number: string): string =>
  `select '${table}' as what, ${key} as key, count(*)::int as there, max(${number})::int as last from ${table} group by ${key} having count(*) <> max(${number}) or min(${number}) <> 1`;

export const numbersWithoutGaps = none('facts, journal entries, trade events, versions and audit entries are numbered without a gap', 'gap in a sequence',
  [numbered('transactional.fact', 'portfolio_id', 'sequence'), numbered('transactional.journal_entry', 'portfolio_id', 'number'), numbered('trade_capture.trade_event', 'portfolio_id', 'number'),
    numbered('trade_capture.trade_version', 'trade_id', 'version'), numbered('audit.chain_entry', 'organization_id', 'seq')].join(' union all '));

export const tradesArrived = none('every trade has come to its end: booked, settled, cancelled or refused', 'stuck trade', `
  select v.trade_id, v.version, v.status, t.external_id, t.portfolio_id, b.step from trade_capture.trade_version v join trade_capture.trade t on t.id = v.trade_id
    left join transactional.trade_booking b on b.trade_id = v.trade_id and b.version = v.version
   where v.version = t.version and (v.status not in ('BOOKED', 'SETTLED', 'CANCELLED', 'REJECTED') or (v.status in ('BOOKED', 'SETTLED')) <> (b.trade_id is not null)) limit 20`);

export const auditedOnce = none('every event that tells of a change is in the audit trail once', 'not in the audit trail', `
  select id, type from portfolio.outbox_event e where not exists (select from audit.chain_entry c where c.event_id = e.id)
  union all select id, type from trade_capture.outbox_event e where not exists (select from audit.chain_entry c where c.event_id = e.id)
  union all select id, type from transactional.outbox_event e where not exists (select from audit.chain_entry c where c.event_id = e.id)
  union all select id, type from validation.outbox_event e where not exists (select from audit.chain_entry c where c.event_id = e.id) limit 20`);
