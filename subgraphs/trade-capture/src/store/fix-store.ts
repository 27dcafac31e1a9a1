/** FIX sessions and what they received. Every statement names its organisation; numbers move together with what is kept. */
import type { Sql } from '@pms/events/sql';
import { isQuoteUnit } from '@pms/money/quote-unit';
import type { Page } from '@pms/subgraph/connection';
import type { FixOutcome, NamedInstrument } from '../domain/fix/drop-copy.ts';

export interface FixSessionKey {
  readonly organizationId: string;
  readonly name: string;
}

export interface FixNumbers {
  readonly nextIn: number;
  readonly nextOut: number;
}

export interface FixSessionState extends FixNumbers {
  readonly name: string;
  readonly loggedOn: boolean;
  readonly changedAt: Date;
  /** Received, and not handled yet. */
  readonly waiting: number;
  readonly parked: number;
}

export interface NewFixMessage {
  readonly id: string;
  readonly sequence: number;
  readonly type: string;
  readonly raw: string;
}

export interface FixMessage {
  readonly number: string;
  readonly id: string;
  readonly session: string;
  readonly sequence: number;
  readonly type: string;
  readonly raw: string;
  readonly receivedAt: Date;
  readonly outcome: FixOutcome;
  readonly problem: string | null;
  readonly execId: string | null;
  readonly tradeIds: readonly string[];
  readonly handledAt: Date | null;
}

export interface Handled {
  readonly id: string;
  readonly outcome: FixOutcome;
  readonly problem: string | null;
  readonly execId: string | null;
  readonly tradeIds: readonly string[];
}

const MESSAGE = 'number, id, session, sequence::int, type, raw, received_at as "receivedAt", outcome, problem, exec_id as "execId", trade_ids as "tradeIds", handled_at as "handledAt"';

export function fixStore(sql: Sql) {
  return {
    /** Begins at 1 where the session is new. */
    async fixNumbers({ organizationId, name }: FixSessionKey, at: Date): Promise<FixNumbers> {
      await sql.query('insert into trade_capture.fix_session (organization_id, name, changed_at) values ($1, $2, $3) on conflict do nothing', [organizationId, name, at]);
      const { rows: [row] } = await sql.query<{ next_in: string; next_out: string }>('select next_in, next_out from trade_capture.fix_session where organization_id = $1 and name = $2', [organizationId, name]);
      return { nextIn: Number(row?.next_in ?? 1), nextOut: Number(row?.next_out ?? 1) };
    },

    async fixLoggedOn({ organizationId, name }: FixSessionKey, is: boolean, at: Date): Promise<void> {
      await sql.query('update trade_capture.fix_session set logged_on = $3, changed_at = $4 where organization_id = $1 and name = $2', [organizationId, name, is, at]);
    },

    async fixSessions(organizationId: string): Promise<FixSessionState[]> {
      const { rows } = await sql.query<FixSessionState>(
        `select s.name, s.next_in::int as "nextIn", s.next_out::int as "nextOut", s.logged_on as "loggedOn", s.changed_at as "changedAt",
           (select count(*)::int from trade_capture.fix_message m where m.organization_id = $1 and m.session = s.name and m.outcome = 'RECEIVED') as waiting,
           (select count(*)::int from trade_capture.fix_message m where m.organization_id = $1 and m.session = s.name and m.outcome = 'PARKED') as parked
         from trade_capture.fix_session s where s.organization_id = $1 order by s.name`, [organizationId]);
      return rows;
    },

    /** In the order of receiving. */
    async fixWaiting({ organizationId, name }: FixSessionKey, limit: number): Promise<FixMessage[]> {
      const { rows } = await sql.query<FixMessage>(
        `select ${MESSAGE} from trade_capture.fix_message where organization_id = $1 and session = $2 and outcome = 'RECEIVED' order by number limit $3`, [organizationId, name, limit]);
      return rows;
    },

    async fixHandled({ organizationId }: FixSessionKey, handled: readonly Handled[], at: Date): Promise<void> {
      await sql.query(
        `update trade_capture.fix_message m set outcome = h.outcome, problem = h.problem, exec_id = h.exec_id, handled_at = $6, trade_ids = array(select jsonb_array_elements_text(h.trade_ids))
         from unnest($2::text[], $3::text[], $4::text[], $5::text[], $7::jsonb[]) as h(id, outcome, problem, exec_id, trade_ids) where m.organization_id = $1 and m.id = h.id and m.outcome = 'RECEIVED'`,
        [organizationId, handled.map(({ id }) => id), handled.map(({ outcome }) => outcome), handled.map(({ problem }) => problem), handled.map(({ execId }) => execId), at,
          handled.map(({ tradeIds }) => JSON.stringify(tradeIds))]);
    },

    /** Trades that an execution led to, by its own name. */
    async fixTradesOf({ organizationId, name }: FixSessionKey, execId: string): Promise<readonly string[]> {
      const { rows: [row] } = await sql.query<{ tradeIds: string[] }>(
        `select trade_ids as "tradeIds" from trade_capture.fix_message where organization_id = $1 and session = $2 and exec_id = $3 and trade_ids <> '{}' order by number desc limit 1`, [organizationId, name, execId]);
      return row?.tradeIds ?? [];
    },

    async instrumentsNamed(organizationId: string, { ids, isins, symbols }: { readonly ids: readonly string[]; readonly isins: readonly string[]; readonly symbols: readonly string[] }): Promise<NamedInstrument[]> {
      const { rows } = await sql.query<Omit<NamedInstrument, 'quoteUnit'> & { readonly quoteUnit: string | null }>(
        `select id, symbol, isin, mic, currency, quote_unit as "quoteUnit" from trade_capture.known_instrument
         where organization_id = $1 and (id = any($2) or isin = any($3) or symbol = any($4)) order by id`, [organizationId, ids, isins, symbols]);
      return rows.map(({ quoteUnit, ...row }) => ({ ...row, quoteUnit: quoteUnit !== null && isQuoteUnit(quoteUnit) ? quoteUnit : null }));
    },

    /** The latest first. */
    async fixMessagesPage(organizationId: string, { session, outcomes }: { readonly session: string | null; readonly outcomes: readonly FixOutcome[] | null }, page: Page): Promise<FixMessage[]> {
      const cursor = /^\d{1,18}$/.test(page.from?.[0] ?? '') ? page.from?.[0] : null;
      const { rows } = await sql.query<FixMessage>(
        `select ${MESSAGE} from trade_capture.fix_message where organization_id = $1 and ($2::text is null or session = $2) and ($3::text[] is null or outcome = any($3))
           and ($4::bigint is null or number ${page.backward ? '>' : '<'} $4) order by number ${page.backward ? 'asc' : 'desc'} limit ${page.limit}`, [organizationId, session, outcomes, cursor]);
      return rows;
    },

    /** How many parked messages wait to be handled again. */
    async fixReplay(organizationId: string, session: string, ids: readonly string[] | null): Promise<number> {
      const { rowCount } = await sql.query(
        `update trade_capture.fix_message set outcome = 'RECEIVED' where organization_id = $1 and session = $2 and outcome = 'PARKED' and ($3::text[] is null or id = any($3))`, [organizationId, session, ids]);
      return rowCount;
    },

    /** False where there is no such parked message. */
    async fixDismiss(organizationId: string, id: string, problem: string, at: Date): Promise<boolean> {
      const { rowCount } = await sql.query(
        `update trade_capture.fix_message set outcome = 'IGNORED', problem = $3, handled_at = $4 where organization_id = $1 and id = $2 and outcome = 'PARKED'`, [organizationId, id, problem, at]);
      return rowCount === 1;
    },

    async fixMessage(organizationId: string, id: string): Promise<FixMessage | null> {
      const { rows: [row] } = await sql.query<FixMessage>(`select ${MESSAGE} from trade_capture.fix_message where organization_id = $1 and id = $2`, [organizationId, id]);
      return row ?? null;
    },
  };
}

export function fixWrites(sql: Sql) {
  return {
    /** False where the numbers are not `before` any more: another process has the session. */
    async fixCount({ organizationId, name }: FixSessionKey, before: FixNumbers, after: FixNumbers): Promise<boolean> {
      const { rowCount } = await sql.query(
        'update trade_capture.fix_session set next_in = $5, next_out = $6 where organization_id = $1 and name = $2 and next_in = $3 and next_out = $4',
        [organizationId, name, before.nextIn, before.nextOut, after.nextIn, after.nextOut]);
      return rowCount === 1;
    },

    async fixReceive({ organizationId, name }: FixSessionKey, messages: readonly NewFixMessage[], at: Date): Promise<void> {
      await sql.query(
        `insert into trade_capture.fix_message (organization_id, session, received_at, outcome, trade_ids, id, sequence, type, raw)
         select $1, $2, $3, 'RECEIVED', '{}', given.id, given.sequence, given.type, given.raw
         from unnest($4::text[], $5::bigint[], $6::text[], $7::text[]) with ordinality as given(id, sequence, type, raw, place) order by given.place`,
        [organizationId, name, at, messages.map(({ id }) => id), messages.map(({ sequence }) => sequence), messages.map(({ type }) => type), messages.map(({ raw }) => raw)]);
    },
  };
}
