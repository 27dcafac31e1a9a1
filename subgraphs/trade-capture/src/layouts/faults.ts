/** Reads cells of one line and gathers everything that is wrong with it, by column. */
import { isCurrency } from '@pms/money/currencies';
import { type QuoteUnit, quoteUnitNamed, quoteUnits } from '@pms/money/quote-unit';
import { isFormula, type Read, readDay, readNumber, shown } from '@pms/tables/cells';
import { UNREADABLE } from '@pms/tables/decode';
import type { RowProblem } from '../domain/import-row.ts';
import type { Cell } from './source.ts';

const TEXT_MAX = 200;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F]/;

export interface Faults {
  readonly problems: RowProblem[];
  /** Null, so that what is refused has no value. */
  add(column: string, reason: string): null;
  /** The text of a cell; null for an empty one or one that is not there. */
  text(cell: Cell | null, field: string): string | null;
  /** As `text`, and a problem where there is none. */
  needed(cell: Cell | null, field: string): string | null;
  number(cell: Cell | null, field: string): string | null;
  day(cell: Cell, formats: readonly string[], today: string): string | null;
  currency(cell: Cell | null, field: string): Quoted | null;
}

export interface Quoted {
  readonly currency: string;
  /** The unit that figures are in, where it is not the currency itself. */
  readonly unit: QuoteUnit | null;
}

const FIRST_DAY = '1900-01-01';

export function faultsOf(row: number): Faults {
  const problems: RowProblem[] = [];
  const add = (column: string, reason: string): null => {
    problems.push({ row, column, reason });
    return null;
  };
  const value = <Value>(read: Read<Value>, column: string): Value | null => {
    if ('value' in read) return read.value;
    return add(column, read.reason);
  };
  const faults: Faults = {
    problems,
    add,
    text(cell, field) {
      if (cell === null || cell.text === '') return null;
      const wrong = whyNoText(cell.text);
      if (wrong === null) return cell.text;
      return add(cell.column === 'mapping' ? field : cell.column, wrong);
    },
    needed(cell, field) {
      if (cell !== null && cell.text !== '') return faults.text(cell, field);
      return add(cell?.column ?? field, 'is empty');
    },
    number(cell, field) {
      const text = faults.text(cell, field);
      return text === null || cell === null ? null : value(readNumber(text, cell.numbers), cell.column);
    },
    day(cell, formats, today) {
      const text = faults.needed(cell, 'date');
      const day = text === null ? null : value(readDay(text, formats), cell.column);
      if (day === null) return null;
      if (day > today) add(cell.column, `${day} is in the future`);
      if (day < FIRST_DAY) add(cell.column, `${day} is before ${FIRST_DAY}`);
      return day;
    },
    currency(cell, field) {
      const text = faults.needed(cell, field);
      if (text === null || cell === null) return null;
      const unit = quoteUnitNamed(text);
      if (unit !== null) return { currency: quoteUnits[unit].currency, unit };
      if (isCurrency(text)) return { currency: text, unit };
      return add(cell.column, `${shown(text)} is not a currency of ISO 4217`);
    },
  };
  return faults;
}

function whyNoText(text: string): string | null {
  if (text.includes(UNREADABLE)) return 'the cell holds bytes that are no text in the encoding of the file: save the file as UTF-8, or name its encoding in the mapping';
  if (CONTROL.test(text)) return 'the cell holds control characters';
  if (isFormula(text)) return `${shown(text)} is a formula, not a value`;
  return text.length > TEXT_MAX ? `the cell has ${text.length} characters; ${TEXT_MAX} are the most` : null;
}
