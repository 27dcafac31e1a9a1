/** The scalars of the public contract: parsed where they enter, so that resolvers hold values that can be used. */
import { isDecimalText } from '@pms/money';
import { GraphQLError, type GraphQLScalarType, Kind, type ValueNode } from 'graphql';

type Parse = (value: unknown) => unknown;

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
};

const parseDecimal: Parse = (value) =>
  typeof value === 'string' && isDecimalText(value) ? value
  : refuse('a Decimal is text of at most 20 whole and 18 fractional digits, with no exponent, for example "187.25"');

const DAY = /^\d{4}-\d{2}-\d{2}$/;
export const isDay = (value: string): boolean => DAY.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value);
const parseDate: Parse = (value) => (typeof value === 'string' && isDay(value) ? value : refuse('a Date is a day such as "2026-11-20"'));

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;
/** Microseconds, which the database keeps and a JavaScript date does not, stay where they are given. */
const inUtc = (value: string): string => {
  const micros = /\.\d{3}(\d{1,3})/.exec(value)?.[1];
  const text = new Date(value).toISOString();
  return micros === undefined ? text : text.replace('Z', `${micros.padEnd(3, '0')}Z`);
};
export const isInstant = (value: string): boolean => INSTANT.test(value) && !Number.isNaN(Date.parse(value));
const parseDateTime: Parse = (value) =>
  typeof value === 'string' && isInstant(value) ? inUtc(value)
  : refuse('a DateTime is an instant such as "2026-11-20T14:30:00Z"');

const parseCurrency: Parse = (value) =>
  typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : refuse('a Currency is an ISO 4217 code such as "USD"');

const asText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null && 'toFixed' in value && typeof value.toFixed === 'function') return String(value.toFixed());
  throw new TypeError(`a scalar cannot be written from ${typeof value}`);
};

const parsers: Readonly<Record<string, Parse>> = { Decimal: parseDecimal, Date: parseDate, DateTime: parseDateTime, Currency: parseCurrency };

const literal = (parse: Parse) => (node: ValueNode): unknown => parse(node.kind === Kind.STRING ? node.value : undefined);

/** Gives a schema's scalars their meaning; those that are not of the contract are left as they are. */
export function giveMeaning(scalar: GraphQLScalarType): void {
  const parse = parsers[scalar.name];
  if (parse === undefined) return;
  scalar.parseValue = parse;
  scalar.parseLiteral = literal(parse);
  scalar.serialize = scalar.name === 'Date' ? (value) => asText(value).slice(0, 10) : asText;
}
