/**
 * ISO 15022 MT535, the statement of holdings (SWIFT FIN): sequences GENL, SUBSAFE and FIN. The balance is `:93a::AGGR`; of it, AVAI and
 * NAVL. Complete statements only; the basis is `:22F::STBA`, settled where it is left out. Refuses another message type, a
 * cancellation, a statement of changes, pages that are missing, and every field whose form is not SWIFT's, by line and tag.
 */
import type { Decimal } from '@pms/money';
import type { Basis, StatedHolding, Statement } from '../domain/custody/statement.ts';
import { type FinField, type FinMessage, finMessages } from './fin-message.ts';
import { joined, type Page } from './pages.ts';
import { type Problems, problems, unreadable } from './problems.ts';
import { dayIn, isIsin, quantityIn } from './values.ts';

interface Sequence {
  readonly name: string;
  readonly line: number;
  readonly fields: FinField[];
  readonly parts: Sequence[];
}

interface Held {
  readonly account: string;
  readonly holdings: readonly StatedHolding[];
}

interface General {
  readonly account: string;
  readonly statedOn: string;
  readonly basis: Basis;
  readonly reference: string;
}

interface Content {
  readonly general: General;
  readonly held: readonly Held[];
}

const DEPTH_MAX = 8;
const BASES: ReadonlyMap<string, Basis> = new Map([['SETT', 'SETTLED'], ['TRAD', 'TRADED'], ['CONT', 'CONTRACTUAL']]);

export function mt535Statements(text: string): Statement[] {
  const found = problems();
  const pages = finMessages(text).map((message) => pageOf(message, found));
  found.check();
  return joined(pages).flatMap((contents) => {
    const [{ general }] = contents as [Content, ...Content[]];
    const held = Map.groupBy(contents.flatMap((content) => content.held), ({ account }) => account);
    // a statement without any sub-account says that its own account holds nothing
    if (held.size === 0) held.set(general.account, []);
    return [...held].map(([account, of]): Statement => ({ ...general, account, holdings: of.flatMap(({ holdings }) => holdings), cash: null }));
  });
}

function pageOf({ line, type, fields }: FinMessage, found: Problems): Page<Content> {
  if (type !== null && type !== '535') unreadable(line, '{2:', `the message is an MT${type}, and not an MT535`);
  const sequences = sequencesOf(fields);
  const first = sequences[0];
  if (first?.name !== 'GENL') unreadable(first?.line ?? line, ':16R:GENL', 'an MT535 begins with sequence GENL');
  const general = generalOf(first);
  const [number = '', continued = ''] = (plain(first, '28E') ?? unreadable(first.line, ':28E:', 'the page number is missing')).split('/');
  if (!/^\d{1,5}$/.test(number) || !['ONLY', 'LAST', 'MORE'].includes(continued)) unreadable(first.line, ':28E:', 'a page has a number, and ONLY, LAST or MORE');
  const held = sequences.filter(({ name }) => name === 'SUBSAFE').map((sequence) => heldOf(sequence, general, found));
  return {
    line, number: Number(number), last: continued !== 'MORE', content: { general, held },
    statement: JSON.stringify([general.account, general.statedOn, general.basis, qualified(first, '13', 'STAT')]),
  };
}

function sequencesOf(fields: readonly FinField[]): Sequence[] {
  const top: Sequence = { name: '', line: 0, fields: [], parts: [] };
  const open: Sequence[] = [top];
  for (const field of fields) {
    const inner = open.at(-1) ?? top;
    if (field.tag === '16R') open.push(begun(inner, field, open.length));
    else if (field.tag === '16S') {
      checkEnd(inner, field);
      open.pop();
    } else if (inner === top) unreadable(field.line, `:${field.tag}:`, 'the field stands outside of every sequence');
    else inner.fields.push(field);
  }
  const last = open.at(-1) ?? top;
  if (last !== top) unreadable(last.line, ':16R:', `sequence ${last.name} is never ended`);
  return top.parts;
}

function begun(inner: Sequence, { line, value }: FinField, depth: number): Sequence {
  if (depth > DEPTH_MAX) unreadable(line, ':16R:', `sequences nest at most ${DEPTH_MAX} deep`);
  const sequence: Sequence = { name: value.trim(), line, fields: [], parts: [] };
  inner.parts.push(sequence);
  return sequence;
}

function checkEnd({ name }: Sequence, { line, value }: FinField): void {
  if (name !== value.trim() || name === '') unreadable(line, ':16S:', `sequence ${value.trim()} ends, and ${name === '' ? 'none' : name} is open`);
}

const plain = ({ fields }: Sequence, tag: string): string | null => fields.find((field) => field.tag === tag)?.value.trim() ?? null;

/** A generic field by the digits of its tag and its qualifier: what follows the qualifier and its slash. */
function qualifiedField({ fields }: Sequence, digits: string, qualifier: string): (FinField & { readonly rest: string }) | null {
  const field = fields.find(({ tag, value }) => tag.startsWith(digits) && value.startsWith(`:${qualifier}/`));
  return field === undefined ? null : { ...field, rest: field.value.slice(qualifier.length + 2) };
}

/** Its last part: `:STAT//20261120` and `:STBA/ABCD/SETT` both give what stands behind the last slash of the second part on. */
function qualified(sequence: Sequence, digits: string, qualifier: string): string | null {
  const field = qualifiedField(sequence, digits, qualifier);
  return field === null ? null : field.rest.slice(field.rest.indexOf('/') + 1).trim();
}

function generalOf(sequence: Sequence): General {
  const { line } = sequence;
  checkPurpose(sequence);
  const day = qualified(sequence, '98', 'STAT') ?? unreadable(line, ':98A::STAT', 'the day of the statement is missing');
  const statedOn = dayIn(day.replace(/^(\d{4})(\d{2})(\d{2})(\d{6}.*)?$/, '$1-$2-$3')) ?? unreadable(line, ':98A::STAT', `${JSON.stringify(day)} is not a day`);
  const stated = qualified(sequence, '22F', 'STBA') ?? 'SETT';
  const basis = BASES.get(stated) ?? unreadable(line, ':22F::STBA', `the basis ${JSON.stringify(stated)} is none of SETT, TRAD, CONT`);
  const account = accountOf(sequence) ?? unreadable(line, ':97A::SAFE', 'the safekeeping account is missing');
  const reference = qualified(sequence, '20C', 'SEME') ?? unreadable(line, ':20C::SEME', "the sender's reference is missing");
  return { account, statedOn, basis, reference };
}

function checkPurpose(sequence: Sequence): void {
  const purpose = plain(sequence, '23G')?.slice(0, 4);
  if (purpose !== 'NEWM') unreadable(sequence.line, ':23G:', purpose === 'CANC' ? 'the message cancels a statement: import the one that takes its place' : 'the function is neither NEWM nor CANC');
  if ((qualified(sequence, '22F', 'CODE') ?? 'COMP') !== 'COMP') unreadable(sequence.line, ':22F::CODE', 'only complete statements (COMP) can be compared, not changes since an earlier one');
}

/** Option B has a code in between: `:SAFE//SHOR/12345`. */
function accountOf(sequence: Sequence): string | null {
  const field = qualifiedField(sequence, '97', 'SAFE');
  if (field === null) return null;
  const rest = field.rest.slice(field.rest.indexOf('/') + 1).trim();
  const account = field.tag === '97B' ? rest.slice(rest.indexOf('/') + 1) : rest;
  return /^[^\n]{1,35}$/.test(account) ? account : unreadable(field.line, `:${field.tag}::SAFE`, 'an account has 1 to 35 characters');
}

const heldOf = (sequence: Sequence, general: General, found: Problems): Held => ({
  account: accountOf(sequence) ?? general.account,
  holdings: sequence.parts.filter(({ name }) => name === 'FIN').map((part) => holdingOf(part, found)).filter((holding) => holding !== null),
});

function holdingOf(sequence: Sequence, found: Problems): StatedHolding | null {
  const names = namesOf(sequence, found);
  const quantity = balanceOf(sequence, 'AGGR', found);
  if (quantity === null && !sequence.fields.some(({ tag, value }) => tag.startsWith('93') && value.startsWith(':AGGR/'))) found.add(sequence.line, ':93B::AGGR', 'the aggregate balance is missing');
  const rest = { available: balanceOf(sequence, 'AVAI', found), notAvailable: balanceOf(sequence, 'NAVL', found), price: priceOf(sequence, found) };
  return names === null || quantity === null ? null : { ...names, ...rest, quantity };
}

type Names = Pick<StatedHolding, 'isin' | 'symbol' | 'identifier' | 'description'>;

function namesOf(sequence: Sequence, found: Problems): Names | null {
  const field = sequence.fields.find(({ tag }) => tag === '35B');
  if (field === undefined) {
    found.add(sequence.line, ':35B:', 'the financial instrument is missing');
    return null;
  }
  const names = namesIn(field.value.split('\n').map((part) => part.trim()).filter((part) => part !== ''));
  if (names.isin !== null && !isIsin(names.isin)) found.add(field.line, ':35B:', `${JSON.stringify(names.isin)} is not an ISIN, or its check digit is wrong`);
  if (names.isin !== null || names.symbol !== null || names.identifier !== null) return names;
  found.add(field.line, ':35B:', 'the instrument has neither an ISIN nor another identifier');
  return null;
}

/** "ISIN US0378331005", "/US/037833100" (a national scheme by its country), "/TS/AAPL" (a ticker), and words. */
const CODED = /^(?:\/([A-Z]{2})\/|(ISIN) )(.+)$/;

function namesIn(lines: readonly string[]): Names {
  const coded = lines.map((text) => CODED.exec(text)).filter((match) => match !== null).map(([, scheme, isin, code = '']) => ({ scheme: isin ?? scheme, code: code.trim() }));
  const words = lines.filter((text) => !CODED.test(text));
  return {
    isin: coded.find(({ scheme }) => scheme === 'ISIN')?.code ?? null,
    symbol: coded.find(({ scheme }) => scheme === 'TS')?.code.toUpperCase() ?? null,
    identifier: coded.find(({ scheme }) => scheme !== 'ISIN' && scheme !== 'TS')?.code ?? null,
    description: words.length === 0 ? null : words.join(' '),
  };
}

/** `:93B::AGGR//UNIT/N100,5`, and option C with the kind of balance before the number. Several of one qualifier, by option C, add up. */
const BALANCE = /^[A-Z0-9]{0,8}\/(?:UNIT|FAMT|AMOR|DITU)\/(?:[A-Z]{4}\/)?(N?)(\d{1,15},\d{0,15})$/;

function balanceOf({ fields }: Sequence, qualifier: string, found: Problems): Decimal | null {
  const of = fields.filter(({ tag, value }) => (tag === '93B' || tag === '93C') && value.startsWith(`:${qualifier}/`));
  let total: Decimal | null = null;
  for (const { line, tag, value } of of) {
    const amount = signedIn(BALANCE.exec(value.slice(qualifier.length + 2).trim()));
    if (amount === null) found.add(line, `:${tag}::${qualifier}`, `${JSON.stringify(value)} is not a quantity type and a number with a comma`);
    else if (total !== null && tag === '93B') found.add(line, `:${tag}::${qualifier}`, 'the balance is given twice');
    else total = total === null ? amount : total.plus(amount);
  }
  return total;
}

function signedIn(match: readonly string[] | null): Decimal | null {
  const [, sign, digits = ''] = match ?? [];
  const value = quantityIn(digits.replace(',', '.').replace(/\.$/, ''));
  return value !== null && sign === 'N' ? value.negated() : value;
}

const PRICE = /^[A-Z0-9]{0,8}\/[A-Z]{4}\/([A-Z]{3})?(N?)(\d{1,15},\d{0,15})$/;

function priceOf(sequence: Sequence, found: Problems): StatedHolding['price'] {
  const field = qualifiedField(sequence, '90', 'MRKT');
  if (field === null) return null;
  const match = PRICE.exec(field.rest.trim());
  const amount = match === null ? null : signedIn([match[0], match[2] ?? '', match[3] ?? '']);
  if (match === null || amount === null) {
    found.add(field.line, `:${field.tag}::MRKT`, `${JSON.stringify(field.value)} is not a price`);
    return null;
  }
  return { amount, currency: match[1] ?? null };
}
