/**
 * ISO 20022 semt.002, the securities balance custody report, versions 3 to 12 (the version is in the namespace). The document may stand in an
 * envelope with a header, as pages of one report may. The balance is AggtBal; of it AvlblBal and NotAvlblBal. Complete reports only.
 * Refuses, by line and path, what these versions do not have.
 */
import type { Decimal } from '@pms/money';
import type { Basis, StatedHolding, Statement } from '../domain/custody/statement.ts';
import { joined, type Page } from './pages.ts';
import { type Problems, problems, unreadable } from './problems.ts';
import { dayIn, isIsin, quantityIn } from './values.ts';
import { at, childrenOf, type XmlElement, xmlTree } from './xml-tree.ts';

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:semt\.002\.\d{3}\.(\d{2})$/;
const VERSION_MIN = 3;
const VERSION_MAX = 12;
/** Documents are looked for so many elements below the root. */
const ENVELOPE_DEPTH_MAX = 3;
const ACCOUNT_LENGTH_MAX = 100;
const BASES: ReadonlyMap<string, Basis> = new Map([['SETT', 'SETTLED'], ['TRAD', 'TRADED'], ['CONT', 'CONTRACTUAL']]);

interface Held {
  readonly account: string;
  readonly holdings: readonly StatedHolding[];
}
type Content = { readonly general: Omit<Statement, 'holdings' | 'cash'>; readonly held: readonly Held[] };

export function semt002Statements(text: string): Statement[] {
  const found = problems();
  const root = xmlTree(text);
  const documents = documentsIn(root, ENVELOPE_DEPTH_MAX);
  if (documents.length === 0) unreadable(root.line, root.name, 'the text holds no Document of semt.002');
  const pages = documents.map((document) => pageOf(document, found));
  found.check();
  return joined(pages).flatMap((contents) => {
    const [{ general }] = contents as [Content, ...Content[]];
    const held = Map.groupBy(contents.flatMap((content) => content.held), ({ account }) => account);
    return [...held].map(([account, of]): Statement => ({ ...general, account, holdings: of.flatMap(({ holdings }) => holdings), cash: null }));
  });
}

const documentsIn = (element: XmlElement, deep: number): XmlElement[] =>
  element.name === 'Document' ? [element] : deep === 0 ? [] : element.children.flatMap((child) => documentsIn(child, deep - 1));

function pageOf(document: XmlElement, found: Problems): Page<Content> {
  checkVersion(document);
  const report = at(document, 'SctiesBalCtdyRpt') ?? unreadable(document.line, 'Document', 'SctiesBalCtdyRpt is missing');
  const general = generalOf(report);
  const page = textAt(report, 'Pgntn', 'PgNb') ?? '1';
  if (!/^\d{1,5}$/.test(page)) unreadable(report.line, 'Pgntn/PgNb', `${JSON.stringify(page)} is not a page`);
  return {
    line: document.line, number: Number(page), last: ['true', '1'].includes(textAt(report, 'Pgntn', 'LastPgInd') ?? 'true'), content: { general, held: heldIn(report, general.account, found) },
    statement: JSON.stringify([general.account, general.statedOn, general.basis, general.reference]),
  };
}

function checkVersion({ namespace, line }: XmlElement): void {
  const version = Number(NAMESPACE.exec(namespace)?.[1] ?? unreadable(line, 'Document', `${JSON.stringify(namespace)} is not the namespace of semt.002`));
  if (version < VERSION_MIN || version > VERSION_MAX) unreadable(line, 'Document', `version ${version} of semt.002 is not read; ${VERSION_MIN} to ${VERSION_MAX} are`);
}

/** The account's own holdings, and each sub-account's; an account that has sub-accounts and no holdings of its own is not one of them. */
function heldIn(report: XmlElement, account: string, found: Problems): readonly Held[] {
  const own: Held = { account, holdings: holdingsOf(childrenOf(report, 'BalForAcct'), found) };
  const subs = childrenOf(report, 'SubAcctDtls').map((sub): Held => ({
    account: accountOf(sub) ?? unreadable(sub.line, 'SubAcctDtls/SfkpgAcct', 'the account is missing'), holdings: holdingsOf(childrenOf(sub, 'BalForSubAcct'), found),
  }));
  return subs.length > 0 && own.holdings.length === 0 ? subs : [own, ...subs];
}

function generalOf(report: XmlElement): Content['general'] {
  const details = at(report, 'StmtGnlDtls') ?? unreadable(report.line, 'StmtGnlDtls', 'it is missing');
  const { line } = details;
  if ((textAt(details, 'UpdTp', 'Cd') ?? 'COMP') !== 'COMP') unreadable(line, 'StmtGnlDtls/UpdTp', 'only complete reports (COMP) can be compared, not changes since an earlier one');
  const when = textAt(details, 'StmtDtTm', 'Dt') ?? textAt(details, 'StmtDtTm', 'DtTm') ?? unreadable(line, 'StmtGnlDtls/StmtDtTm', 'the day is missing');
  const statedOn = dayIn(when.slice(0, 10)) ?? unreadable(line, 'StmtGnlDtls/StmtDtTm', `${JSON.stringify(when)} is not a day`);
  const stated = textAt(details, 'StmtBsis', 'Cd') ?? 'SETT';
  const basis = BASES.get(stated) ?? unreadable(line, 'StmtGnlDtls/StmtBsis', `the basis ${JSON.stringify(stated)} is none of SETT, TRAD, CONT`);
  const account = accountOf(report) ?? unreadable(report.line, 'SfkpgAcct/Id', 'the safekeeping account is missing');
  return { account, statedOn, basis, reference: textAt(details, 'StmtId') };
}

const accountOf = (element: XmlElement): string | null =>
  (textAt(element, 'SfkpgAcct', 'Id') ?? textAt(element, 'SfkpgAcct', 'Id', 'PrtryId') ?? textAt(element, 'SfkpgAcct', 'Id', 'Id'))?.slice(0, ACCOUNT_LENGTH_MAX) ?? null;

const holdingsOf = (balances: readonly XmlElement[], found: Problems): StatedHolding[] =>
  balances.map((balance) => holdingOf(balance, found)).filter((holding) => holding !== null);

function holdingOf(balance: XmlElement, found: Problems): StatedHolding | null {
  const names = namesOf(balance, found);
  const quantity = quantityOf(balance, 'AggtBal', found);
  if (at(balance, 'AggtBal') === undefined) found.add(balance.line, 'AggtBal', 'the balance is missing');
  const rest = { available: quantityOf(balance, 'AvlblBal', found), notAvailable: quantityOf(balance, 'NotAvlblBal', found), price: priceOf(balance) };
  return quantity === null ? null : { ...names, quantity, ...rest };
}

function namesOf(balance: XmlElement, found: Problems): Pick<StatedHolding, 'isin' | 'symbol' | 'identifier' | 'description'> {
  const instrument = at(balance, 'FinInstrmId');
  const isin = textAt(instrument, 'ISIN');
  const others = childrenOf(instrument, 'OthrId').map((other) => ({ id: textAt(other, 'Id'), isSymbol: textAt(other, 'Tp', 'Cd') === 'TIKR' })).filter(({ id }) => id !== null);
  const symbol = others.find(({ isSymbol }) => isSymbol)?.id?.toUpperCase() ?? null;
  const identifier = others.find(({ isSymbol }) => !isSymbol)?.id ?? null;
  if (isin !== null && !isIsin(isin)) found.add(instrument?.line ?? balance.line, 'FinInstrmId/ISIN', `${JSON.stringify(isin)} is not an ISIN, or its check digit is wrong`);
  if (isin === null && others.length === 0) found.add(balance.line, 'FinInstrmId', 'the instrument has neither an ISIN nor another identifier');
  return { isin, symbol, identifier, description: textAt(instrument, 'Desc') };
}

/** Null where there is none, or nothing in it. */
const textAt = (element: XmlElement | undefined, ...path: readonly string[]): string | null => at(element, ...path)?.text || null;

const AMOUNTS = new Set(['Unit', 'FaceAmt', 'AmtsdVal', 'DgtlTknUnit']);

/** Versions wrap the one number in one to three elements. */
function numbersIn(element: XmlElement): readonly XmlElement[] {
  return AMOUNTS.has(element.name) ? [element] : element.children.flatMap(numbersIn);
}

/** Null where the balance is not there, and where it cannot be read. */
function quantityOf(holding: XmlElement, name: string, found: Problems): Decimal | null {
  const balance = at(holding, name);
  if (balance === undefined) return null;
  const [number, another] = numbersIn(balance);
  const value = number === undefined ? null : quantityIn(number.text);
  if (another !== undefined) found.add(balance.line, name, 'it has more than one quantity');
  else if (value === null) found.add(balance.line, name, number === undefined ? 'it has no quantity' : `${JSON.stringify(number.text)} is not a number`);
  return value !== null && textAt(balance, 'ShrtLngInd') === 'SHOR' && value.isPositive() ? value.negated() : value;
}

/** For information: the market price, as a rate or as an amount of a currency. */
function priceOf(balance: XmlElement): StatedHolding['price'] {
  const price = childrenOf(balance, 'PricDtls').find((details) => at(details, 'Tp', 'Cd')?.text === 'MRKT');
  const given = at(price, 'Val', 'Rate') ?? at(price, 'Val', 'Amt');
  const amount = given === undefined ? null : quantityIn(given.text);
  return amount === null ? null : { amount, currency: given?.currency ?? null };
}
