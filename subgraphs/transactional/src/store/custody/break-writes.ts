/** What one transaction may write of breaks and their notes. */
import type { Sql } from '@pms/events/sql';
import type { NoteKind, StandingBreak } from '../../domain/custody/breaks.ts';
import type { Line } from '../../domain/custody/matching.ts';
import type { Break, Reconciliation } from '../../domain/custody/reconciliation.ts';
import { BREAK, type BreakRow, BREAKS, type StandingRow, toBreak, toStanding } from './custody-rows.ts';
import type { Slot } from './custody-writes.ts';

export interface NewNote {
  readonly kind: NoteKind;
  readonly at: Date;
  readonly actor: string;
  readonly text: string | null;
}

export type BreakState = Pick<Break, 'id' | 'status' | 'assignee' | 'resolution' | 'resolvedAt' | 'resolvedBy'>;

export function breakWrites(sql: Sql) {
  /** The same note on each break, behind its last one. */
  async function addNotes(organizationId: string, ids: readonly string[], { kind, at, actor, text }: NewNote): Promise<void> {
    await sql.query(
      `with noted as (update transactional.reconciliation_break set last_note = last_note + 1 where organization_id = $1 and id = any($2) returning id, last_note)
       insert into transactional.break_note (break_id, number, organization_id, kind, at, actor, text) select id, last_note, $1, $3, $4, $5, $6 from noted`,
      [organizationId, ids, kind, at, actor, text]);
  }
  return {
    /** The open ones, and those resolved that a statement of the day showed last. */
    async standingBreaks({ organizationId, custodian, account, basis }: Slot, statedOn: string): Promise<StandingBreak[]> {
      const { rows } = await sql.query<StandingRow>(
        `select id, subject, kind, theirs, ours, status, seen_on::text from transactional.reconciliation_break
         where organization_id = $1 and custodian = $2 and account = $3 and basis = $4 and (status <> 'RESOLVED' or seen_on = $5) for update`, [organizationId, custodian, account, basis, statedOn]);
      return rows.map(toStanding);
    },

    async breakForUpdate(organizationId: string, id: string): Promise<Break | null> {
      const { rows: [row] } = await sql.query<BreakRow>(`select ${BREAK} from ${BREAKS} where b.organization_id = $1 and b.id = $2 for update of b`, [organizationId, id]);
      return row === undefined ? null : toBreak(row);
    },

    /** The note that the break's last one is; null where it has none. */
    async lastNote(organizationId: string, breakId: string): Promise<{ readonly kind: NoteKind; readonly actor: string; readonly text: string | null } | null> {
      const { rows: [row] } = await sql.query<{ kind: NoteKind; actor: string; text: string | null }>(
        'select kind, actor, text from transactional.break_note where organization_id = $1 and break_id = $2 order by number desc limit 1', [organizationId, breakId]);
      return row ?? null;
    },

    async insertBreaks(of: Reconciliation, opened: readonly { readonly id: string; readonly line: Line }[], actor: string): Promise<void> {
      if (opened.length === 0) return;
      const column = (read: (line: Line) => string | null): (string | null)[] => opened.map(({ line }) => read(line));
      await sql.query(
        `with broken as (
           insert into transactional.reconciliation_break (id, subject, kind, instrument_id, identifier, description, currency, theirs, ours,
             organization_id, portfolio_id, custodian, account, basis, reconciliation_id, opened_on, seen_on, status, last_note)
           select given.*, $10, $11, $12, $13, $14, $15, $16::date, $16::date, 'OPEN', 1
           from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[]) as given returning id)
         insert into transactional.break_note (break_id, number, organization_id, kind, at, actor) select id, 1, $10, 'OPENED', $17, $18 from broken`,
        [opened.map(({ id }) => id), column(({ subject }) => subject), column(({ result }) => result), column(({ instrumentId }) => instrumentId), column(({ identifier }) => identifier),
          column(({ description }) => description), column(({ currency }) => currency), column(({ theirs }) => theirs.toFixed()), column(({ ours }) => ours.toFixed()),
          of.organizationId, of.portfolioId, of.custodian, of.account, of.basis, of.id, of.statedOn, of.comparedAt, actor]);
    },

    /** An open break as a further statement shows it; `note` where the figures are others than before. */
    async seeBreak(of: Reconciliation, id: string, { result, theirs, ours }: Line, note: NewNote | null): Promise<void> {
      await sql.query(
        `update transactional.reconciliation_break set kind = $3, theirs = $4, ours = $5, reconciliation_id = $6, seen_on = $7 where organization_id = $1 and id = $2`,
        [of.organizationId, id, result, theirs.toFixed(), ours.toFixed(), of.id, of.statedOn]);
      if (note !== null) await addNotes(of.organizationId, [id], note);
    },

    /** Closes breaks because a statement agrees. */
    async matchBreaks(organizationId: string, ids: readonly string[], note: NewNote): Promise<void> {
      if (ids.length === 0) return;
      await sql.query(
        `update transactional.reconciliation_break set status = 'RESOLVED', resolution = 'MATCHED', resolved_at = $3, resolved_by = $4 where organization_id = $1 and id = any($2)`,
        [organizationId, ids, note.at, note.actor]);
      await addNotes(organizationId, ids, note);
    },

    async saveBreak(organizationId: string, { id, status, assignee, resolution, resolvedAt, resolvedBy }: BreakState, note: NewNote): Promise<void> {
      await sql.query(
        `update transactional.reconciliation_break set status = $3, assignee = $4, resolution = $5, resolved_at = $6, resolved_by = $7 where organization_id = $1 and id = $2`,
        [organizationId, id, status, assignee, resolution, resolvedAt, resolvedBy]);
      await addNotes(organizationId, [id], note);
    },

    addNotes,
  };
}
