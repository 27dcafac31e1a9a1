/** What an input asked for, without what it may say about people: ids, figures, days and choices stay; other text becomes its length. Bounded, whatever came. */
import { Decimal, isDecimalText, text as decimalText } from '@pms/money';
import { isDay, isInstant } from './scalars.ts';

const PARTS_MAX = 200;
const TEXT_MAX = 100;
const DEPTH_MAX = 6;
const SECRET = /password|secret|token|code|otp/i;
/** Choices and currencies; ids of ours. Decimals, days and instants are told by their own rules. */
const PLAIN: readonly RegExp[] = [/^[A-Z][A-Z0-9_]*$/, /^[a-z]{3}_[\w.-]+$/];

/** How many parts may still be shown. */
interface Left {
  parts: number;
}

export const outlined = (input: unknown): unknown => shown(input, '', { left: { parts: PARTS_MAX }, depth: 0 });

interface Place {
  readonly left: Left;
  readonly depth: number;
}

function shown(value: unknown, name: string, place: Place): unknown {
  place.left.parts -= 1;
  if (place.left.parts < 0 || place.depth > DEPTH_MAX) return '…';
  if (typeof value === 'string') return textOf(value, name);
  if (typeof value === 'bigint') return value.toString();
  if (Decimal.isDecimal(value)) return decimalText(value);
  return typeof value === 'object' && value !== null ? partsOf(value, name, { ...place, depth: place.depth + 1 }) : value ?? null;
}

function partsOf(value: object, name: string, place: Place): unknown {
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one, key, place)]));
  const items: unknown[] = [];
  for (const one of value) {
    if (place.left.parts <= 0) return [...items, `… of ${value.length}`];
    items.push(shown(one, name, place));
  }
  return items;
}

const isPlain = (text: string): boolean => isDecimalText(text) || isDay(text) || isInstant(text) || PLAIN.some((kind) => kind.test(text));

function textOf(text: string, name: string): string {
  if (SECRET.test(name)) return '…';
  return text.length <= TEXT_MAX && isPlain(text) ? text : `… ${text.length} characters`;
}
