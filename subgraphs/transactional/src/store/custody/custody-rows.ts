/** Rows of reconciliations and their breaks as domain values. Checks in the database keep the words within their unions. */
import { type Decimal, decimal } from '@pms/money';
import type { BreakStatus, NoteKind, Resolution, StandingBreak } from '../../domain/custody/breaks.ts';
import type { BreakKind, Line } from '../../domain/custody/matching.ts';
import type { Break, Note, Reconciliation } from '../../domain/custody/reconciliation.ts';
import type { Basis, StatementFormat } from '../../domain/custody/statement.ts';

export const RECONCILIATION = `id, organization_id, portfolio_id, custodian, account, stated_on::text, basis, version, reference, format, content_hash,
  quantity_tolerance, cash_tolerance, compared_at, compared_by, superseded_by, lines`;

/** Of `reconciliation_break b` joined with its `portfolio p`. */
export const BREAK = `b.id, b.portfolio_id, p.base_currency, b.custodian, b.account, b.basis, b.subject, b.kind, b.instrument_id, b.identifier, b.description, b.currency,
  b.theirs, b.ours, b.reconciliation_id, b.opened_on::text, b.seen_on::text, b.status, b.assignee, b.resolution, b.resolved_at, b.resolved_by`;
export const BREAKS = 'transactional.reconciliation_break b join transactional.portfolio p on p.id = b.portfolio_id';

type LineRow = { readonly [K in keyof Line]: Line[K] extends Decimal ? string : Line[K] extends Decimal | null ? string | null : Line[K] };

export interface ReconciliationRow {
  readonly id: string;
  readonly organization_id: string;
  readonly portfolio_id: string;
  readonly custodian: string;
  readonly account: string;
  readonly stated_on: string;
  readonly basis: Basis;
  readonly version: number;
  readonly reference: string | null;
  readonly format: StatementFormat;
  readonly content_hash: string;
  readonly quantity_tolerance: string;
  readonly cash_tolerance: string;
  readonly compared_at: Date;
  readonly compared_by: string;
  readonly superseded_by: string | null;
  readonly lines: readonly LineRow[];
}

export interface StandingRow {
  readonly id: string;
  readonly subject: string;
  readonly kind: BreakKind;
  readonly theirs: string;
  readonly ours: string;
  readonly status: BreakStatus;
  readonly seen_on: string;
}

export interface BreakRow extends StandingRow {
  readonly portfolio_id: string;
  readonly base_currency: string;
  readonly custodian: string;
  readonly account: string;
  readonly basis: Basis;
  readonly instrument_id: string | null;
  readonly identifier: string | null;
  readonly description: string | null;
  readonly currency: string | null;
  readonly reconciliation_id: string;
  readonly opened_on: string;
  readonly assignee: string | null;
  readonly resolution: Resolution | null;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
}

export interface NoteRow {
  readonly break_id: string;
  readonly number: number;
  readonly kind: NoteKind;
  readonly at: Date;
  readonly actor: string;
  readonly text: string | null;
}

const exact = (text: string | null): Decimal | null => (text === null ? null : decimal(text));

export const linesJson = (lines: readonly Line[]): string => JSON.stringify(lines.map((line): LineRow => ({
  ...line, theirs: line.theirs.toFixed(), ours: line.ours.toFixed(), available: line.available?.toFixed() ?? null, notAvailable: line.notAvailable?.toFixed() ?? null,
})));

export const toReconciliation = (row: ReconciliationRow): Reconciliation => ({
  id: row.id, organizationId: row.organization_id, portfolioId: row.portfolio_id, custodian: row.custodian, account: row.account, statedOn: row.stated_on, basis: row.basis,
  version: row.version, reference: row.reference, format: row.format, contentHash: row.content_hash,
  tolerances: { quantity: decimal(row.quantity_tolerance), cash: decimal(row.cash_tolerance) }, comparedAt: row.compared_at, comparedBy: row.compared_by, supersededBy: row.superseded_by,
  lines: row.lines.map((line) => ({ ...line, theirs: decimal(line.theirs), ours: decimal(line.ours), available: exact(line.available), notAvailable: exact(line.notAvailable) })),
});

export const toStanding = (row: StandingRow): StandingBreak =>
  ({ id: row.id, subject: row.subject, kind: row.kind, theirs: decimal(row.theirs), ours: decimal(row.ours), status: row.status, seenOn: row.seen_on });

export const toBreak = (row: BreakRow): Break => ({
  ...toStanding(row), portfolioId: row.portfolio_id, baseCurrency: row.base_currency, custodian: row.custodian, account: row.account, basis: row.basis,
  instrumentId: row.instrument_id, identifier: row.identifier, description: row.description, currency: row.currency, reconciliationId: row.reconciliation_id,
  openedOn: row.opened_on, assignee: row.assignee, resolution: row.resolution, resolvedAt: row.resolved_at, resolvedBy: row.resolved_by,
});

export const toNote = ({ number, kind, at, actor, text }: NoteRow): Note => ({ number, kind, at, actor, text });
