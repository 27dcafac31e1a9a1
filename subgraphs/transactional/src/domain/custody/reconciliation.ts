/** A statement compared with the books: what was compared, on which terms, and how it came out. */
import type { Decimal } from '@pms/money';
import type { Day } from '../days.ts';
import type { BreakStatus, NoteKind, Resolution } from './breaks.ts';
import type { BreakKind, Line, Tolerances } from './matching.ts';
import type { Basis, StatementFormat } from './statement.ts';

export interface Reconciliation {
  readonly id: string;
  readonly organizationId: string;
  readonly portfolioId: string;
  readonly custodian: string;
  /** Accounts that one portfolio holds together are named together, with "+" between. */
  readonly account: string;
  readonly statedOn: Day;
  readonly basis: Basis;
  /** 1 for the first of the account's day; a corrected statement adds one. */
  readonly version: number;
  readonly reference: string | null;
  readonly format: StatementFormat;
  readonly contentHash: string;
  readonly tolerances: Tolerances;
  readonly comparedAt: Date;
  readonly comparedBy: string;
  readonly supersededBy: string | null;
  readonly lines: readonly Line[];
}

export interface Break {
  readonly id: string;
  readonly portfolioId: string;
  readonly baseCurrency: string;
  readonly custodian: string;
  readonly account: string;
  readonly basis: Basis;
  readonly subject: string;
  readonly kind: BreakKind;
  readonly instrumentId: string | null;
  readonly identifier: string | null;
  readonly description: string | null;
  readonly currency: string | null;
  readonly theirs: Decimal;
  readonly ours: Decimal;
  /** The last that showed it. */
  readonly reconciliationId: string;
  readonly openedOn: Day;
  readonly seenOn: Day;
  readonly status: BreakStatus;
  readonly assignee: string | null;
  readonly resolution: Resolution | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
}

export interface Note {
  readonly number: number;
  readonly kind: NoteKind;
  readonly at: Date;
  readonly actor: string;
  readonly text: string | null;
}

export const matchedCount = (lines: readonly Line[]): number => lines.filter(({ result }) => result === 'MATCHED').length;
