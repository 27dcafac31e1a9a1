/** Cells of tables that people and programs export: numbers and days as they are written there, read strictly. Nothing is guessed: what could mean two things is refused. */

export interface NumberFormat {
  readonly decimal: '.' | ',';
  /** Empty where digits are not grouped. */
  readonly thousands: '' | ',' | '.' | "'" | ' ';
}

export type Read<Value> = { readonly value: Value } | { readonly reason: string };

/** As the platform writes numbers itself. */
export const PLAIN: NumberFormat = { decimal: '.', thousands: '' };

const WHOLE_DIGITS_MAX = 20;
const FRACTION_DIGITS_MAX = 18;
const SHOWN_MAX = 40;
/** Nothing that is a number or a day is longer. */
const CELL_CHARACTERS_MAX = 100;
const CURRENCY_BEFORE = /^(?:[A-Z]{3}\s?|[$€£¥]\s?)/;
const SIGNED = /^([+-]?)(.*)$/s;
const CURRENCY_BEHIND = /(?:\s?[A-Z]{3}|\s?[$€£¥])$/;

export const shown = (cell: string): string => JSON.stringify(cell.length > SHOWN_MAX ? `${cell.slice(0, SHOWN_MAX)}…` : cell);

/** What a spreadsheet would work out: never a value of ours. */
export const isFormula = (cell: string): boolean => /^(?:[=@]|[+-][A-Za-z_].*[(!|])/.test(cell);

/** Text of a decimal with at most 20 whole and 18 fractional digits. Negative with a sign or in parentheses; a currency's sign or code beside it is left out. */
export function readNumber(cell: string, format: NumberFormat = PLAIN): Read<string> {
  const unlike = whyUnread(cell);
  if (unlike !== null) return { reason: unlike };
  const { negative, digits } = unsigned(cell);
  const match = patternOf(format).exec(digits);
  if (match === null) return { reason: whyNoNumber(cell, digits, format) };
  const whole = (match[1] ?? '').replaceAll(/\D/g, '').replace(/^0+(?=\d)/, '') || '0';
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (whole.length > WHOLE_DIGITS_MAX) return { reason: `${shown(cell)} has more than ${WHOLE_DIGITS_MAX} digits before the ${format.decimal}` };
  if (fraction.length > FRACTION_DIGITS_MAX) return { reason: `${shown(cell)} has ${fraction.length} digits behind the ${format.decimal}; ${FRACTION_DIGITS_MAX} are the most` };
  const value = fraction === '' ? whole : `${whole}.${fraction}`;
  return { value: negative && /[1-9]/.test(value) ? `-${value}` : value };
}

const tooLong = (cell: string, what: string): string | null => (cell.length > CELL_CHARACTERS_MAX ? `${shown(cell)} has ${cell.length} characters; a ${what} has at most ${CELL_CHARACTERS_MAX}` : null);

const whyUnread = (cell: string): string | null => tooLong(cell, 'number') ?? (isFormula(cell) ? `${shown(cell)} is a formula, not a number` : null);

function unsigned(cell: string): { readonly negative: boolean; readonly digits: string } {
  const plain = cell.trim().replaceAll('\u2212', '-').replaceAll(/[\u00A0\u2009\u202F]/g, ' ').replaceAll('\u2019', "'");
  const within = /^\((.*)\)$/.exec(plain)?.[1] ?? null;
  const [, before = '', rest = ''] = SIGNED.exec((within ?? plain).replace(CURRENCY_BEHIND, '')) ?? [];
  const [, behind = '', digits = ''] = SIGNED.exec(rest.trimStart().replace(CURRENCY_BEFORE, '')) ?? [];
  const signs = [before, behind, within === null ? '' : '-'].filter((sign) => sign !== '');
  return signs.length > 1 ? { negative: false, digits: plain } : { negative: signs[0] === '-', digits: digits.trim() };
}

const patterns = new Map<string, RegExp>();

function patternOf({ decimal, thousands }: NumberFormat): RegExp {
  const key = decimal + thousands;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const grouped = thousands === '' ? '' : `\\d{1,3}(?:\\${thousands}\\d{3})+|`;
  const made = new RegExp(`^(${grouped}\\d+|(?=\\${decimal}\\d))(?:\\${decimal}(\\d+))?$`);
  patterns.set(key, made);
  return made;
}

function whyNoNumber(cell: string, digits: string, { decimal, thousands }: NumberFormat): string {
  const written = `numbers of this layout are written ${thousands === '' ? '1234' : `1${thousands}234`}${decimal}56`;
  if (/^\d+(?:\.\d+)?[eE][+-]?\d+$/.test(digits)) return `${shown(cell)} is written with an exponent; ${written}`;
  if (/^[\d.,' ]+$/.test(digits) && /\d/.test(digits)) return `${shown(cell)} is ambiguous: ${written}, and its marks for thousands and decimals do not fit that`;
  return `${shown(cell)} is not a number`;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const TOKENS: Readonly<Record<string, string>> = { YYYY: '(?<y>\\d{4})', MMM: '(?<n>[A-Za-z]{3})', MM: '(?<m>\\d{2})', DD: '(?<d>\\d{2})', M: '(?<m>\\d{1,2})', D: '(?<d>\\d{1,2})' };
const TIME_OF_DAY = String.raw`(?:[T ,;]+\d{1,2}:?\d{2}(?::?\d{2}(?:\.\d{1,9})?)?(?: ?(?:Z|[AP]M|[A-Z]{3,4}|[+-]\d{2}:?\d{2}))?)?`;

/** Whether a format has a year of four digits, a month and a day, once each. */
export const isDayFormat = (format: string): boolean => {
  const tokens = format.match(/YYYY|MMM|MM?|DD?/g) ?? [];
  return tokens.length === 3 && tokens.includes('YYYY') && tokens.some((token) => token.startsWith('M')) && tokens.some((token) => token.startsWith('D')) && format.length <= 20;
};

const days = new Map<string, RegExp>();

function dayPattern(format: string): RegExp {
  const known = days.get(format);
  if (known !== undefined) return known;
  const body = format.replaceAll(/YYYY|MMM|MM?|DD?|[^A-Za-z0-9]/g, (token) => TOKENS[token] ?? `\\${token}`);
  const made = new RegExp(`^${body}${TIME_OF_DAY}$`);
  days.set(format, made);
  return made;
}

/** ISO 8601 day. A time of day behind it is passed over; "A as of B" is B: entered on A, counting from B. */
export function readDay(cell: string, formats: readonly string[]): Read<string> {
  const long = tooLong(cell, 'day');
  if (long !== null) return { reason: long };
  const text = / as of (.+)$/.exec(cell)?.[1] ?? cell;
  for (const format of formats) {
    const found = dayPattern(format).exec(text)?.groups;
    if (found === undefined) continue;
    const month = found['n'] === undefined ? Number(found['m']) : MONTHS.indexOf(found['n'].toUpperCase()) + 1;
    const day = `${found['y'] ?? ''}-${String(month).padStart(2, '0')}-${(found['d'] ?? '').padStart(2, '0')}`;
    const at = new Date(`${day}T00:00:00Z`);
    if (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)) return { value: day };
    return { reason: `${shown(cell)} is not a day of the calendar` };
  }
  return { reason: `${shown(cell)} is not a day written ${formats.join(' or ')}` };
}
