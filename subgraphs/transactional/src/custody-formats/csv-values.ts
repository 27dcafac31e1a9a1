/** Numbers and days as people write them in CSV. Each gives null for text that is none. */
import type { Decimal } from '@pms/money';
import { dayIn, quantityIn } from './values.ts';

const GROUPED = { '.': /^\d{1,3}([,' \u00A0]\d{3})+(\.\d+)?$/, ',': /^\d{1,3}([.' \u00A0]\d{3})+(,\d+)?$/ } as const;
const SEPARATORS = { '.': /[,' \u00A0]/g, ',': /[.' \u00A0]/g } as const;
const NUMBER = /^(?:\((?<bracketed>[^+-].*)\)|(?<sign>[+-]?)(?<plain>[^(].*))$/;

/** Thousands may be grouped; a negative number has a sign in front or stands in brackets. */
export function numberIn(text: string, mark: '.' | ','): Decimal | null {
  const { bracketed, sign, plain = '' } = NUMBER.exec(text)?.groups ?? {};
  const value = unsigned(bracketed ?? plain, mark);
  return value !== null && (bracketed !== undefined || sign === '-') ? value.negated() : value;
}

function unsigned(digits: string, mark: '.' | ','): Decimal | null {
  const ungrouped = GROUPED[mark].test(digits) ? digits.replaceAll(SEPARATORS[mark], '') : digits;
  const other = mark === '.' ? ',' : '.';
  return ungrouped.includes(other) || /^[+-]/.test(ungrouped) ? null : quantityIn(ungrouped.replace(mark, '.'));
}

const PLACES = { YMD: [0, 1, 2], DMY: [2, 1, 0], MDY: [2, 0, 1] } as const;

/** The year has four digits; eight digits without a separator are year, month, day whatever the order. */
export function dateIn(text: string, order: 'YMD' | 'DMY' | 'MDY'): string | null {
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text)?.slice(1);
  const parts = compact ?? /^(\d{1,4})[-./](\d{1,2})[-./](\d{1,4})$/.exec(text)?.slice(1) ?? [];
  const [year = '', month = '', day = ''] = PLACES[compact === undefined ? order : 'YMD'].map((place) => parts[place] ?? '');
  return year.length === 4 ? dayIn(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`) : null;
}
