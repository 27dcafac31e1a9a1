/**
 * A mapping file: how a broker lays out its CSV, as data. Which columns say what, how days and numbers are written, what the words for
 * actions mean, which signs figures carry. Whoever writes one is told exactly what is wrong with it.
 */
import { isDayFormat } from '@pms/tables/cells';
import { z } from 'zod';
import { importKinds } from '../domain/import-row.ts';

const NAME_MAX = 100;
const name = z.string().trim().min(1).max(NAME_MAX);
const marks = ['', ',', '.', "'", ' '] as const;

const numbers = z.strictObject({ decimal: z.enum(['.', ',']), thousands: z.enum(marks).default('') })
  .refine(({ decimal, thousands }) => decimal !== thousands, 'decimals and thousands cannot have the same mark');

/** Parts of a cell that brokers put several facts in. */
export const takes = ['ISIN', 'BEFORE_COLON', 'AFTER_COLON', 'EVENT_WORD', 'EVENT_QUANTITY', 'EVENT_PRICE'] as const;

const place = z.strictObject({
  /** The header's name for it; the first of several that the file has. */
  column: z.union([name, z.array(name).min(1).max(20)]),
  /** So many cells to the right: some brokers leave the header of a currency empty. */
  offset: z.int().min(0).max(5).default(0),
  take: z.enum(takes).optional(),
  numbers: numbers.optional(),
  /** The file may lack the column. */
  optional: z.boolean().default(false),
});
const source = z.union([name.transform((column) => place.parse({ column })), place, z.strictObject({ value: z.string().trim().max(NAME_MAX) })]);

const columns = z.strictObject({
  date: source, action: source.optional(), instrumentId: source.optional(), symbol: source.optional(), isin: source.optional(), mic: source.optional(),
  quantity: source.optional(), price: source.optional(), currency: source, amount: source.optional(), amountCurrency: source.optional(), withheld: source.optional(),
  externalId: source.optional(), order: source.optional(), note: source.optional(),
});

const fee = z.strictObject({
  kind: z.enum(['COMMISSION', 'EXCHANGE_FEE', 'REGULATORY_FEE', 'TAX', 'OTHER']).default('COMMISSION'),
  amount: source,
  /** The trade's unless given. */
  currency: source.optional(),
  /** How a cost is written. */
  sign: z.enum(['POSITIVE', 'NEGATIVE', 'ANY']).default('POSITIVE'),
});

/** TRADE is bought or sold by the sign of the quantity, CASH paid in or out by the sign of the amount. */
export const meanings = [...importKinds, 'TRADE', 'CASH', 'LEAVE_OUT'] as const;

const leaveOut = z.strictObject({ column: name, is: z.array(z.string()).min(1).optional(), startsWith: z.array(z.string().min(1)).min(1).optional() })
  .refine((rule) => (rule.is === undefined) !== (rule.startsWith === undefined), 'give `is` or `startsWith`');

const table = z.strictObject({
  /** Of a file in sections, each line of which begins with its section's name and with Header or Data. */
  section: name.optional(),
  columns,
  /** Only lines with one of these values are read. */
  only: z.record(name, z.array(z.string()).min(1)).default({}),
  leaveOut: z.array(leaveOut).max(20).default([]),
  /** Words of the action column; letters' case does not matter, and a * at the end stands for any rest. */
  actions: z.record(name, z.enum(meanings)).default({}),
  /** Of every row, where there is no action column. */
  everyRow: z.enum(meanings).optional(),
  quantitySign: z.enum(['POSITIVE', 'BY_SIDE', 'ANY']).default('POSITIVE'),
  amountSign: z.enum(['SIGNED', 'ANY']).default('SIGNED'),
  fees: z.array(fee).max(10).default([]),
  /** A trade's commission is what its amount differs from quantity times price. */
  feeIsRestOfAmount: z.boolean().default(false),
}).refine(({ columns: { action }, everyRow }) => (action === undefined) !== (everyRow === undefined), 'give `columns.action` with `actions`, or `everyRow`');

const mapping = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens'),
  title: name,
  /** Of the file, where it has no byte order mark. */
  encoding: z.enum(['utf-8', 'windows-1252', 'iso-8859-1', 'utf-16le', 'utf-16be']).default('utf-8'),
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  dates: z.array(z.string().refine(isDayFormat, 'a day is written with YYYY, MM or M or MMM, and DD or D')).min(1).max(5),
  numbers: numbers.default({ decimal: '.', thousands: '' }),
  /** Put before ids, so that those of two brokers are not taken for the same. */
  idPrefix: z.string().max(20).default(''),
  /** Values of the id column that name nothing. */
  noId: z.array(z.string()).max(20).default([]),
  /** A fee in another currency than the trade: it is a cost of the trade all the same, a row of its own, or a reason to refuse the row. */
  foreignFees: z.enum(['WITH_TRADE', 'SEPARATE', 'REFUSE']).default('WITH_TRADE'),
  /** The broker's symbols, by ours. */
  symbols: z.record(name, name).default({}),
  /** Lines with text in one cell alone are remarks. */
  remarks: z.boolean().default(false),
  tables: z.array(table).min(1).max(20),
}).refine(({ tables }) => tables.length === 1 || tables.every(({ section }) => section !== undefined), 'several tables are told apart by `section`');

export type Mapping = z.output<typeof mapping>;
export type Table = Mapping['tables'][number];
export type Source = z.output<typeof source>;
export type Meaning = (typeof meanings)[number];

const JSON_CHARACTERS_MAX = 100_000;
const PROBLEMS_TOLD_MAX = 10;

/** Why a mapping cannot be used: a sentence that names each place in it. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

/** Throws MappingError. */
export function parseMapping(json: string): Mapping {
  if (json.length > JSON_CHARACTERS_MAX) throw new MappingError(`a mapping has at most ${JSON_CHARACTERS_MAX} characters`);
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw new MappingError(`the mapping is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return asMapping(content);
}

/** Throws MappingError. */
export function asMapping(content: unknown): Mapping {
  const parsed = mapping.safeParse(content);
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.slice(0, PROBLEMS_TOLD_MAX).map(({ path, message }) => `${path.length === 0 ? 'the mapping' : path.join('.')}: ${message}`);
  throw new MappingError(`the mapping cannot be used. ${told.join('; ')}`);
}
