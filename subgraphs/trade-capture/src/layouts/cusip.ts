/** ISINs of securities that a statement names by ISIN or by CUSIP. A CUSIP is taken for American: those of Canada are the same nine characters. */

const CUSIP = /^[0-9A-Z]{9}$/;

/** Null for other kinds of identifier, and for what is no CUSIP. */
export const isinOf = (id: string, type: string | undefined): string | null =>
  type === 'ISIN' ? id.toUpperCase() : type === 'CUSIP' && CUSIP.test(id.toUpperCase()) ? withCheckDigit(`US${id.toUpperCase()}`) : null;

/** ISO 6166: letters count from A = 10; the Luhn sum over all digits from the right, which the check digit completes. */
function withCheckDigit(base: string): string {
  const digits = [...base].map((character) => Number.parseInt(character, 36)).join('');
  const total = [...digits].toReversed().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  return `${base}${String((10 - (total % 10)) % 10)}`;
}
