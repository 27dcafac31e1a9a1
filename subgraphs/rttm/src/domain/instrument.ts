/** An instrument as it is kept, and what is refused when one is added: malformed symbols, and identifiers whose check digit is wrong. */
import { invalid } from '@pms/errors';
import { isCurrency } from '@pms/money/currencies';
import { isQuoteUnit, type QuoteUnit, quoteUnitNamed, quoteUnits } from '@pms/money/quote-unit';

export type AssetClass = 'EQUITY' | 'INDEX' | 'FUND' | 'BOND' | 'CASH' | 'FX' | 'OTHER';

export interface Instrument {
  readonly id: string;
  readonly organizationId: string;
  readonly symbol: string;
  readonly name: string;
  readonly assetClass: AssetClass;
  /** The currency that it is traded in, and all money about it is. */
  readonly currency: string;
  /** The unit that its prices are quoted in; null where that is the currency. */
  readonly quoteUnit: QuoteUnit | null;
  readonly mic: string | null;
  readonly isin: string | null;
  readonly figi: string | null;
  readonly createdAt: Date;
}

export interface NewInstrument {
  readonly symbol: string;
  readonly name: string;
  readonly assetClass: AssetClass;
  readonly currency: string;
  readonly quoteUnit?: string | null | undefined;
  readonly mic?: string | null | undefined;
  readonly isin?: string | null | undefined;
  readonly figi?: string | null | undefined;
}

const NAME_CHARACTERS_MAX = 200;
const SYMBOL = /^[A-Z0-9.\-/^]{1,20}$/;
const MIC = /^[A-Z0-9]{4}$/;
const ISIN = /^[A-Z]{2}[A-Z0-9]{9}\d$/;
const FIGI = /^[B-DF-HJ-NP-TV-Z\d]{2}G[B-DF-HJ-NP-TV-Z\d]{8}\d$/;

/** Throws the Refusal INVALID that names the field. */
export function newInstrument(input: NewInstrument, made: { readonly id: string; readonly organizationId: string; readonly at: Date }): Instrument {
  const name = input.name.trim();
  if (!SYMBOL.test(input.symbol)) throw invalid('a symbol has 1 to 20 of A-Z, 0-9, ".", "-", "/" and "^"', 'symbol');
  if (name === '' || name.length > NAME_CHARACTERS_MAX) throw invalid(`a name has 1 to ${NAME_CHARACTERS_MAX} characters`, 'name');
  return {
    id: made.id, organizationId: made.organizationId, symbol: input.symbol, name, assetClass: input.assetClass,
    ...tradedIn(input), ...identifiers(input), createdAt: made.at,
  };
}

function tradedIn({ currency, quoteUnit: unit = null }: NewInstrument): Pick<Instrument, 'currency' | 'quoteUnit'> {
  const meant = quoteUnitNamed(currency);
  if (meant !== null) throw invalid(`${currency} is not a currency but a unit that prices are quoted in: give the currency ${quoteUnits[meant].currency} and the quoteUnit ${meant}`, 'currency');
  if (!isCurrency(currency)) throw invalid(`${currency} is not a currency`, 'currency');
  if (unit === null) return { currency, quoteUnit: null };
  if (!isQuoteUnit(unit)) throw invalid(`${unit} is not a quote unit`, 'quoteUnit');
  if (quoteUnits[unit].currency !== currency) throw invalid(`prices in ${unit} are of an instrument traded in ${quoteUnits[unit].currency}, not in ${currency}`, 'quoteUnit');
  return { currency, quoteUnit: unit };
}

function identifiers({ mic = null, isin = null, figi = null }: NewInstrument): Pick<Instrument, 'mic' | 'isin' | 'figi'> {
  if (mic !== null && !MIC.test(mic)) throw invalid('a market identifier code has four capitals or digits, for example XNAS', 'mic');
  if (isin !== null && !isIsin(isin)) throw invalid('not an ISIN, or its check digit is wrong', 'isin');
  if (figi !== null && !isFigi(figi)) throw invalid('not a FIGI, or its check digit is wrong', 'figi');
  return { mic, isin, figi };
}

/** Letters count from A = 10. */
const valueOf = (character: string): number => Number.parseInt(character, 36);
const digitSum = (value: number): number => [...String(value)].reduce((total, digit) => total + Number(digit), 0);
const checkDigit = (total: number): number => (10 - (total % 10)) % 10;

/** ISO 6166: letters become two digits, then the Luhn sum over all digits from the right. */
export function isIsin(text: string): boolean {
  if (!ISIN.test(text)) return false;
  const digits = Array.from(text.slice(0, -1), valueOf).join('');
  const total = [...digits].toReversed().reduce((sum, digit, index) => sum + digitSum(Number(digit) * (index % 2 === 0 ? 2 : 1)), 0);
  return checkDigit(total) === Number(text.at(-1));
}

/** OMG FIGI: every second character from the left counts twice, a letter as one number. */
export function isFigi(text: string): boolean {
  if (!FIGI.test(text)) return false;
  const total = Array.from(text.slice(0, -1)).reduce((sum, character, index) => sum + digitSum(valueOf(character) * (index % 2 === 1 ? 2 : 1)), 0);
  return checkDigit(total) === Number(text.at(-1));
}
