/**
 * Rules are data: what is demanded, how strictly, and of which portfolios. Ratios are fractions of one, as Decimal.
 * Parameters that a kind does not have, lacks, or that make no sense are refused as INVALID.
 */
import { invalid } from '@pms/errors';
import { type Decimal, decimal, isDecimalText, money, type Money, text } from '@pms/money';

export const builtInKinds = ['SUFFICIENT_CASH', 'NO_SHORT_SELLING', 'RESTRICTED_LIST'] as const;
export type Severity = 'BLOCK' | 'WARN' | 'NEEDS_APPROVAL';

export type Demand =
  | { readonly kind: 'SUFFICIENT_CASH' | 'NO_SHORT_SELLING' | 'RESTRICTED_LIST' | 'UCITS_5_10_40' }
  | { readonly kind: 'MAX_TRADE_NOTIONAL' | 'APPROVAL_ABOVE_NOTIONAL'; readonly limit: Money }
  | { readonly kind: 'MAX_POSITION_WEIGHT'; readonly maxWeight: Decimal }
  | { readonly kind: 'PRICE_TOLERANCE'; readonly tolerance: Decimal; readonly maxAgeDays: number }
  | { readonly kind: 'ALLOWED_ASSET_CLASSES'; readonly assetClasses: readonly string[] };
export type RuleKind = Demand['kind'];

export interface Rule {
  /** `built-in:<kind>` for a built-in rule. */
  readonly id: string;
  readonly name: string;
  readonly demand: Demand;
  readonly severity: Severity;
  /** Null: all portfolios of the organisation. */
  readonly portfolioId: string | null;
  readonly enabled: boolean;
  readonly builtIn: boolean;
  readonly updatedAt: Date | null;
  readonly updatedBy: string | null;
}

/** As parameters come in, and as they are kept: decimals as text. */
export interface Parameters {
  readonly limit?: { readonly amount: string; readonly currency: string } | null | undefined;
  readonly maxWeight?: number | string | null | undefined;
  readonly tolerance?: number | string | null | undefined;
  readonly maxAgeDays?: number | null | undefined;
  readonly assetClasses?: readonly string[] | null | undefined;
}

const MAX_AGE_DAYS = 7;
const MAX_AGE_DAYS_MAX = 60;
const NAMES: Readonly<Record<(typeof builtInKinds)[number], string>> = {
  SUFFICIENT_CASH: 'Sufficient cash', NO_SHORT_SELLING: 'No short selling', RESTRICTED_LIST: 'Restricted list',
};

const takes: Readonly<Record<RuleKind, readonly (keyof Parameters)[]>> = {
  SUFFICIENT_CASH: [], NO_SHORT_SELLING: [], RESTRICTED_LIST: [], UCITS_5_10_40: [],
  MAX_TRADE_NOTIONAL: ['limit'], APPROVAL_ABOVE_NOTIONAL: ['limit'], MAX_POSITION_WEIGHT: ['maxWeight'],
  PRICE_TOLERANCE: ['tolerance', 'maxAgeDays'], ALLOWED_ASSET_CLASSES: ['assetClasses'],
};

/** `assetClasses` are those that there are. */
export function demandOf(kind: RuleKind, parameters: Parameters, assetClasses: readonly string[]): Demand {
  for (const [name, value] of Object.entries(parameters))
    if (value != null && !takes[kind].includes(name as keyof Parameters)) throw invalid(`${kind} has no parameter ${name}`, 'parameters', name);
  switch (kind) {
    case 'MAX_TRADE_NOTIONAL':
    case 'APPROVAL_ABOVE_NOTIONAL': return { kind, limit: limitOf(kind, parameters) };
    case 'MAX_POSITION_WEIGHT': return { kind, maxWeight: ratioOf(kind, 'maxWeight', parameters.maxWeight) };
    case 'PRICE_TOLERANCE': return { kind, tolerance: ratioOf(kind, 'tolerance', parameters.tolerance), maxAgeDays: ageOf(parameters.maxAgeDays) };
    case 'ALLOWED_ASSET_CLASSES': return { kind, assetClasses: classesOf(parameters.assetClasses, assetClasses) };
    default: return { kind };
  }
}

function limitOf(kind: RuleKind, { limit }: Parameters): Money {
  if (limit == null) throw invalid(`${kind} needs a limit`, 'parameters', 'limit');
  const amount = decimal(limit.amount);
  if (!amount.greaterThan(0)) throw invalid('the limit must be more than zero', 'parameters', 'limit', 'amount');
  return money(amount, limit.currency);
}

function ratioOf(kind: RuleKind, name: string, value: number | string | null | undefined): Decimal {
  const given = value == null ? '' : String(value);
  if (given === '') throw invalid(`${kind} needs ${name}`, 'parameters', name);
  if (!isDecimalText(given) || !decimal(given).greaterThan(0) || decimal(given).greaterThan(1))
    throw invalid(`${name} is a ratio: more than 0 and at most 1`, 'parameters', name);
  return decimal(given);
}

function ageOf(days: number | null | undefined): number {
  const age = days ?? MAX_AGE_DAYS;
  if (!Number.isInteger(age) || age < 1 || age > MAX_AGE_DAYS_MAX) throw invalid(`maxAgeDays is 1 to ${MAX_AGE_DAYS_MAX}`, 'parameters', 'maxAgeDays');
  return age;
}

function classesOf(asked: readonly string[] | null | undefined, known: readonly string[]): readonly string[] {
  if (asked == null || asked.length === 0) throw invalid('ALLOWED_ASSET_CLASSES needs assetClasses', 'parameters', 'assetClasses');
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined) throw invalid(`there is no asset class ${unknown}`, 'parameters', 'assetClasses');
  return [...new Set(asked)];
}

/** The parameters of a demand, as they are kept. */
export function parametersOf(demand: Demand): Parameters {
  switch (demand.kind) {
    case 'MAX_TRADE_NOTIONAL':
    case 'APPROVAL_ABOVE_NOTIONAL': return { limit: { amount: text(demand.limit.amount), currency: demand.limit.currency } };
    case 'MAX_POSITION_WEIGHT': return { maxWeight: text(demand.maxWeight) };
    case 'PRICE_TOLERANCE': return { tolerance: text(demand.tolerance), maxAgeDays: demand.maxAgeDays };
    case 'ALLOWED_ASSET_CLASSES': return { assetClasses: demand.assetClasses };
    default: return {};
  }
}

/** Approval above a notional that blocks or merely warns would be another rule. */
export function checkSeverity(kind: RuleKind, severity: Severity): void {
  if (kind === 'APPROVAL_ABOVE_NOTIONAL' && severity !== 'NEEDS_APPROVAL')
    throw invalid('APPROVAL_ABOVE_NOTIONAL is of severity NEEDS_APPROVAL; MAX_TRADE_NOTIONAL blocks or warns', 'severity');
}

const builtIn = (kind: (typeof builtInKinds)[number]): Rule => ({
  id: `built-in:${kind}`, name: NAMES[kind], demand: { kind }, severity: 'BLOCK', portfolioId: null, enabled: true, builtIn: true, updatedAt: null, updatedBy: null,
});

/**
 * The rules for one portfolio (null: for the organisation at large) out of the organisation's own, with the built-in ones that
 * no own rule of their kind takes the place of. Disabled own rules are among them: that is how a built-in one is switched off.
 */
export function inScope(own: readonly Rule[], portfolioId: string | null): readonly Rule[] {
  const scoped = own.filter((rule) => rule.portfolioId === null || rule.portfolioId === portfolioId);
  return [...builtInKinds.filter((kind) => !scoped.some(({ demand }) => demand.kind === kind)).map(builtIn), ...scoped];
}
