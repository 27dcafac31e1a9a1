/** One transaction of an OFX investment statement as rows of an import. */
import { PLAIN, shown } from '@pms/tables/cells';
import { type Decimal, decimal, sum, text } from '@pms/money';
import type { ReadRow } from '../domain/import-names.ts';
import type { ImportFee, ImportKind, InstrumentName, RowProblem } from '../domain/import-row.ts';
import type { FeeKind } from '../domain/trade.ts';
import { isinOf } from './cusip.ts';
import { type Faults, faultsOf } from './faults.ts';
import { all, child, type OfxNode, valueOf } from './ofx-tree.ts';
import type { Cell } from './source.ts';

/** What a statement says once for all of its transactions. */
export interface Statement {
  readonly currency: string;
  readonly securities: ReadonlyMap<string, InstrumentName>;
  readonly idPrefix: string;
  readonly today: string;
}

export interface ReadTransaction {
  readonly rows: readonly ReadRow[];
  readonly problems: readonly RowProblem[];
  readonly warnings: readonly RowProblem[];
}

interface At {
  readonly node: OfxNode;
  readonly statement: Statement;
  readonly faults: Faults;
  readonly warnings: RowProblem[];
}

const COLUMNS = { date: 'DTTRADE', instrument: 'SECID', quantity: 'UNITS', price: 'UNITPRICE', currency: 'CURSYM', amount: 'TOTAL', fees: 'COMMISSION', externalId: 'FITID' };
const FEES: readonly (readonly [string, FeeKind])[] = [['COMMISSION', 'COMMISSION'], ['TAXES', 'TAX'], ['FEES', 'OTHER'], ['LOAD', 'OTHER']];
const BUYS = new Set(['BUYSTOCK', 'BUYMF', 'BUYOTHER']);
const SELLS = new Set(['SELLSTOCK', 'SELLMF', 'SELLOTHER']);
const BANK_FEES = new Set(['FEE', 'SRVCHG']);

export function readTransaction(node: OfxNode, statement: Statement): ReadTransaction {
  const faults = faultsOf(node.line);
  const at: At = { node, statement, faults, warnings: [] };
  const rows = rowsOf(at);
  return { rows: faults.problems.length > 0 ? [] : rows, problems: faults.problems, warnings: at.warnings };
}

function rowsOf(at: At): ReadRow[] {
  const { name } = at.node;
  if (BUYS.has(name)) return trade(at, 'BUY', child(at.node, 'INVBUY'));
  if (SELLS.has(name)) return trade(at, 'SELL', child(at.node, 'INVSELL'));
  switch (name) {
    case 'INCOME': return cash(at, valueOf(at.node, 'INCOMETYPE')?.text === 'INTEREST' ? 'INTEREST' : 'DIVIDEND', at.node);
    case 'REINVEST': return [...cash(at, 'DIVIDEND', at.node), ...trade(at, 'BUY', at.node)];
    case 'INVEXPENSE': return cash(at, 'FEE', at.node);
    case 'MARGININTEREST': return cash(at, 'INTEREST', at.node);
    case 'INVBANKTRAN': return bank(at);
    default:
      at.faults.add(name, `${name} is a transaction that is not read`);
      return [];
  }
}

const cell = (node: OfxNode | undefined, column: string): Cell => ({ text: node?.text ?? '', column, numbers: PLAIN });

/** OFX allows a comma for the point. */
const figure = (node: OfxNode | undefined, column: string): Cell => ({ ...cell(node, column), text: (node?.text ?? '').replace(/^([+-]?\d*),(\d+)$/, '$1.$2') });

function needed({ faults }: At, node: OfxNode | undefined, column: string): Decimal | null {
  const found = figure(node, column);
  if (found.text === '') return faults.add(column, 'is empty');
  const read = faults.number(found, column);
  return read === null ? null : decimal(read);
}

type Base = Pick<ReadRow, 'row' | 'columns' | 'givenId' | 'order' | 'note'> & { readonly date: string | null };

/** `within` holds INVTRAN, or is STMTTRN. */
function baseOf({ statement, faults, node }: At, within: OfxNode | undefined): Base {
  const about = child(within, 'INVTRAN') ?? within;
  const id = faults.needed(cell(valueOf(about, 'FITID'), 'FITID'), 'FITID');
  const posted = valueOf(about, 'DTTRADE') ?? valueOf(about, 'DTPOSTED');
  const column = posted?.name ?? 'DTTRADE';
  const day = posted === undefined ? cell(undefined, column) : cell({ ...posted, text: posted.text.replace(/^(\d{8})(?:\d{2,6}(?:\.\d{1,6})?)?(?:\[[^\]]{1,20}\])?$/, '$1') }, column);
  return {
    row: node.line, columns: COLUMNS, order: null, date: faults.day(day, ['YYYYMMDD'], statement.today),
    givenId: id === null ? null : `${statement.idPrefix}${id}`, note: faults.text(cell(valueOf(about, 'MEMO') ?? valueOf(about, 'NAME'), 'MEMO'), 'MEMO'),
  };
}

function currencyOf({ statement, faults }: At, within: OfxNode | undefined): string | null {
  const own = valueOf(within, 'CURRENCY', 'CURSYM');
  return faults.currency(own === undefined ? { text: statement.currency, column: 'CURDEF', numbers: PLAIN } : cell(own, 'CURSYM'), 'CURDEF')?.currency ?? null;
}

function instrumentOf({ statement, faults }: At, within: OfxNode | undefined): InstrumentName | null {
  const id = faults.needed(cell(valueOf(within, 'SECID', 'UNIQUEID'), 'UNIQUEID'), 'UNIQUEID');
  if (id === null) return null;
  const listed = statement.securities.get(id);
  const isin = isinOf(id, valueOf(within, 'SECID', 'UNIQUEIDTYPE')?.text.toUpperCase());
  const named = { id: null, isin: listed?.isin ?? isin, symbol: listed?.symbol ?? null, mic: null };
  return named.isin !== null || named.symbol !== null ? named : faults.add('UNIQUEID', `${shown(id)} is in no list of securities with a ticker, and is neither an ISIN nor a CUSIP`);
}

function trade(at: At, kind: 'BUY' | 'SELL', within: OfxNode | undefined): ReadRow[] {
  const base = baseOf(at, within);
  const instrument = instrumentOf(at, within);
  const units = needed(at, valueOf(within, 'UNITS'), 'UNITS');
  const price = needed(at, valueOf(within, 'UNITPRICE'), 'UNITPRICE');
  const currency = currencyOf(at, within);
  checkFigures(at, kind, units, price);
  const fees = currency === null ? [] : feesOf(at, within, currency);
  if (units === null || price === null || currency === null || base.date === null) return [];
  compareTotal(at, within, { kind, gross: units.abs().times(price), fees });
  return [{ ...base, date: base.date, kind, instrument, quantity: text(units.abs()), price: text(price), currency, fees, amount: null, withheld: null }];
}

function checkFigures({ faults }: At, kind: 'BUY' | 'SELL', units: Decimal | null, price: Decimal | null): void {
  if (units?.isZero() === true) faults.add('UNITS', 'the quantity is zero');
  if (kind === 'BUY' && units?.isNegative() === true) faults.add('UNITS', `a purchase of ${text(units)}`);
  if (price !== null && !price.greaterThan(0)) faults.add('UNITPRICE', `the price ${text(price)} is not above zero`);
}

function feesOf({ faults }: At, within: OfxNode | undefined, currency: string): ImportFee[] {
  return FEES.flatMap(([column, kind]) => {
    const read = faults.number(figure(valueOf(within, column), column), column);
    if (read === null || decimal(read).isZero()) return [];
    if (decimal(read).isNegative()) faults.add(column, `a fee of ${read}: a rebate is not booked with a trade`);
    return [{ kind, amount: read, currency }];
  });
}

const CENT = decimal('0.01');

function compareTotal(at: At, within: OfxNode | undefined, { kind, gross, fees }: { readonly kind: ImportKind; readonly gross: Decimal; readonly fees: readonly ImportFee[] }): void {
  const read = valueOf(within, 'TOTAL');
  const total = read === undefined ? null : at.faults.number(figure(read, 'TOTAL'), 'TOTAL');
  if (total === null) return;
  const costs = sum(fees.map(({ amount }) => decimal(amount)));
  const expected = kind === 'BUY' ? gross.plus(costs) : gross.minus(costs);
  if (decimal(total).abs().minus(expected).abs().greaterThan(CENT))
    at.warnings.push({ row: at.node.line, column: 'TOTAL', reason: `units at their price with their fees come to ${text(expected.toDecimalPlaces(2))}, and the file says ${total}` });
}

function cash(at: At, kind: ImportKind, within: OfxNode): ReadRow[] {
  const base = baseOf(at, within);
  const total = amountOf(at, valueOf(within, 'TOTAL'), 'TOTAL');
  const currency = currencyOf(at, within);
  const withheld = at.faults.number(figure(valueOf(within, 'WITHHOLDING'), 'WITHHOLDING'), 'WITHHOLDING');
  const concerns = kind === 'DIVIDEND' || valueOf(within, 'SECID', 'UNIQUEID') !== undefined;
  const instrument = concerns ? instrumentOf(at, within) : null;
  if (total === null || currency === null || base.date === null) return [];
  return [{
    ...base, date: base.date, kind, instrument, quantity: null, price: null, currency, fees: [], amount: text(signedAs(kind, within.name, total)), withheld: taxOf(withheld),
    givenId: within.name === 'REINVEST' && base.givenId !== null ? `${base.givenId}:income` : base.givenId,
  }];
}

const taxOf = (withheld: string | null): string | null => (withheld === null || decimal(withheld).isZero() ? null : text(decimal(withheld).abs()));

/** Interest has a sign: paid on a margin it is below zero. */
function signedAs(kind: ImportKind, element: string, total: Decimal): Decimal {
  if (kind !== 'INTEREST') return total.abs();
  return element === 'MARGININTEREST' ? total.abs().negated() : total;
}

function amountOf(at: At, node: OfxNode | undefined, column: string): Decimal | null {
  const amount = needed(at, node, column);
  return amount?.isZero() === true ? at.faults.add(column, 'the amount is zero') : amount;
}

function bank(at: At): ReadRow[] {
  const within = all(at.node, 'STMTTRN')[0];
  const base = baseOf(at, within);
  const amount = amountOf(at, valueOf(within, 'TRNAMT'), 'TRNAMT');
  const currency = currencyOf(at, within);
  const type = valueOf(within, 'TRNTYPE')?.text.toUpperCase() ?? '';
  if (type === 'DIV') at.faults.add('TRNTYPE', 'a dividend that names no security');
  if (amount === null || currency === null || base.date === null) return [];
  const kind = bankKind(type, amount);
  return [{
    ...base, columns: { ...COLUMNS, amount: 'TRNAMT', date: 'DTPOSTED' }, date: base.date, kind, instrument: null, quantity: null, price: null, currency, fees: [],
    amount: text(signedAs(kind, 'STMTTRN', amount)), withheld: null,
  }];
}

function bankKind(type: string, amount: Decimal): ImportKind {
  if (type === 'INT') return 'INTEREST';
  if (BANK_FEES.has(type)) return 'FEE';
  return amount.isNegative() ? 'WITHDRAWAL' : 'DEPOSIT';
}
