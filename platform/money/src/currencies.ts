/** Which codes are currencies: those of ISO 4217 and what the runtime knows of past ones, since books may go back to them. */

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

export const isCurrency = (code: string): boolean => CURRENCIES.has(code);
