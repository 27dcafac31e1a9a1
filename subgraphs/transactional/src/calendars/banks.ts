/** Which banks must be open for a market's trades, or for a currency, to settle: by FpML business centre. */

interface Home {
  readonly currency: string;
  /** Undefined where the exchange opens on no day on which its banks are closed. */
  readonly banks?: string;
}

const US: Home = { currency: 'USD', banks: 'USNY' };
const EURO: Home = { currency: 'EUR', banks: 'TARGET' };
const GB: Home = { currency: 'GBP', banks: 'GBLO' };
const CANADA: Home = { currency: 'CAD', banks: 'CATO' };

const homes: Readonly<Record<string, Home>> = {
  XNYS: US, XNAS: US, ARCX: US, BATS: US, XASE: US, IEXG: US, XLON: GB, AIMX: GB, XTSE: CANADA, XTSX: CANADA,
  XETR: EURO, XFRA: EURO, XMIL: EURO, XPAR: EURO, XAMS: EURO, XBRU: EURO, XLIS: EURO, XDUB: EURO, XMAD: EURO, XHEL: EURO, XWBO: EURO,
  XSWX: { currency: 'CHF', banks: 'CHZU' }, XTKS: { currency: 'JPY', banks: 'JPTO' }, XHKG: { currency: 'HKD' }, XASX: { currency: 'AUD' }, XNZE: { currency: 'NZD' },
  XSES: { currency: 'SGD' }, XJSE: { currency: 'ZAR' }, XSTO: { currency: 'SEK' }, XCSE: { currency: 'DKK' }, XOSL: { currency: 'NOK' },
  XNSE: { currency: 'INR' }, XBOM: { currency: 'INR' }, XMEX: { currency: 'MXN' }, BVMF: { currency: 'BRL', banks: 'BRBD' },
};

const centres: Readonly<Record<string, string>> = {
  USD: 'USNY', EUR: 'TARGET', GBP: 'GBLO', JPY: 'JPTO', CHF: 'CHZU', CAD: 'CATO', AUD: 'AUSY', NZD: 'NZAU', HKD: 'HKHK', SGD: 'SGSI', ZAR: 'ZAJO', INR: 'INMU', SEK: 'SEST',
  DKK: 'DKCO', NOK: 'NOOS', MXN: 'MXMC', BRL: 'BRBD', PLN: 'PLWA', CZK: 'CZPR', HUF: 'HUBU', TRY: 'TRIS', KRW: 'KRSE', THB: 'THBA', PHP: 'PHMA', IDR: 'IDJA',
};

export const banksOf = (market: string): string | undefined => homes[market]?.banks;
export const homeCurrencyOf = (market: string): string | undefined => homes[market]?.currency;

/** Undefined for a currency whose banks have no calendar here: no holiday of theirs is guessed. */
export const centreOf = (currency: string): string | undefined => centres[currency];
