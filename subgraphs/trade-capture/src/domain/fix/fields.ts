/** Fields of a FIX message as they stand in it, and values as FIX writes them. Null is what cannot be read. */
import { Decimal, isDecimalText } from '@pms/money';

export type FixField = readonly [tag: number, value: string];

/** Of tag=value text with SOH between; what is no field is left out. Data fields do not occur in what is handed over here. */
export const fieldsIn = (raw: string): readonly FixField[] =>
  raw.split('\u0001').flatMap((part) => {
    const equals = part.indexOf('=');
    return equals < 1 ? [] : [[Number(part.slice(0, equals)), part.slice(equals + 1)] as const];
  });

/** The first value of a tag. */
export const first = (fields: readonly FixField[], tag: number): string | null => fields.find(([name]) => name === tag)?.[1] ?? null;

/** Entries of a repeating group, each from its first field on. */
export function entries(fields: readonly FixField[], count: number, begin: number): (readonly FixField[])[] {
  const from = fields.findIndex(([tag]) => tag === count);
  if (from < 0) return [];
  const inside = fields.slice(from + 1);
  const starts = inside.flatMap(([tag], at) => (tag === begin ? [at] : []));
  return starts.map((start, at) => inside.slice(start, starts[at + 1]));
}

/** A float as FIX allows it: a sign, leading zeros, no whole part, nothing behind the point. */
export function floatIn(text: string | null): Decimal | null {
  const [, sign = '', whole = '', , fraction = ''] = /^([+-]?)(\d*)(\.(\d*))?$/.exec(text ?? '') ?? [];
  if (whole === '' && fraction === '') return null;
  const plain = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`;
  return isDecimalText(plain) ? new Decimal(plain) : null;
}

/** LocalMktDate, or the day of a UTCTimestamp. */
export function dayIn(text: string | null): string | null {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})(?:-|$)/.exec(text ?? '') ?? [];
  const iso = `${year}-${month}-${day}`;
  return year !== undefined && !Number.isNaN(Date.parse(iso)) && new Date(iso).toISOString().startsWith(iso) ? iso : null;
}
