/**
 * How many settlement days after the trade a market settles, by trade date, and so the contractual settlement date.
 * A settlement day is one on which the exchange and the banks are open: Columbus Day trades but does not settle.
 * Sources: SEC Rule 15c6-1 and its amendments (US); CSDR, Article 5 (Europe, 2014-10-06), and Regulation (EU) 2025/2075, which moves Europe to T+1 on
 * 2027-10-11, as the United Kingdom and Switzerland plan to on the same day; CREST (T+3 from 2001-02-05); JSCC (Japan, 2019-07-16); HKEX (T+2); ASX (T+3 1999-02-01,
 * T+2 2016-03-07); SGX (T+2 2018-12-10); JSE (T+3 2016-07-11); SEBI (T+3 2002-04-01, T+2 2003-04-01, T+1 for all shares 2023-01-27); B3 (T+2 2019-05-27).
 */
import { badInput } from '@pms/errors';
import { addBusinessDays } from './calendar.ts';
import type { Calendar } from './calendar.ts';
import type { Day } from './days.ts';

interface CycleFrom {
  /** First trade date of the cycle. */
  readonly from: Day;
  /** Settlement days after the trade date. */
  readonly lagDays: number;
}

const UNITED_STATES: readonly CycleFrom[] = [
  { from: '0001-01-01', lagDays: 5 },
  { from: '1995-06-07', lagDays: 3 },
  { from: '2017-09-05', lagDays: 2 },
  { from: '2024-05-28', lagDays: 1 },
];
const CANADA: readonly CycleFrom[] = [
  { from: '0001-01-01', lagDays: 5 },
  { from: '1995-06-07', lagDays: 3 },
  { from: '2017-09-05', lagDays: 2 },
  { from: '2024-05-27', lagDays: 1 },
];
const EUROPEAN_T1: CycleFrom = { from: '2027-10-11', lagDays: 1 };
const EUROPE_FROM_T3: readonly CycleFrom[] = [
  { from: '0001-01-01', lagDays: 3 },
  { from: '2014-10-06', lagDays: 2 },
  EUROPEAN_T1,
];
const LONDON: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 5 }, { from: '2001-02-05', lagDays: 3 }, ...EUROPE_FROM_T3.slice(1)];
const GERMANY: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 2 }, EUROPEAN_T1];
const ALWAYS_T2: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 2 }];
const JAPAN: readonly CycleFrom[] = [
  { from: '0001-01-01', lagDays: 3 },
  { from: '2019-07-16', lagDays: 2 },
];
const AUSTRALIA: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 5 }, { from: '1999-02-01', lagDays: 3 }, { from: '2016-03-07', lagDays: 2 }];
const NEW_ZEALAND: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 3 }, { from: '2016-03-07', lagDays: 2 }];
const SINGAPORE: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 3 }, { from: '2018-12-10', lagDays: 2 }];
const SOUTH_AFRICA: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 5 }, { from: '2016-07-11', lagDays: 3 }];
const INDIA: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 5 }, { from: '2002-04-01', lagDays: 3 }, { from: '2003-04-01', lagDays: 2 }, { from: '2023-01-27', lagDays: 1 }];
const BRAZIL: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 3 }, { from: '2019-05-27', lagDays: 2 }];
const MEXICO: readonly CycleFrom[] = [{ from: '0001-01-01', lagDays: 3 }, { from: '2017-09-05', lagDays: 2 }, { from: '2024-05-27', lagDays: 1 }];

/** By market identifier code (ISO 10383). */
const CYCLES: Readonly<Record<string, readonly CycleFrom[]>> = {
  XNYS: UNITED_STATES, XNAS: UNITED_STATES, ARCX: UNITED_STATES, BATS: UNITED_STATES, XASE: UNITED_STATES, IEXG: UNITED_STATES,
  XTSE: CANADA, XTSX: CANADA, XMEX: MEXICO, BVMF: BRAZIL, XLON: LONDON, AIMX: LONDON, XSWX: EUROPE_FROM_T3,
  XPAR: EUROPE_FROM_T3, XAMS: EUROPE_FROM_T3, XBRU: EUROPE_FROM_T3, XLIS: EUROPE_FROM_T3, XDUB: EUROPE_FROM_T3, XMAD: EUROPE_FROM_T3, XMIL: EUROPE_FROM_T3, XWBO: EUROPE_FROM_T3,
  XSTO: EUROPE_FROM_T3, XCSE: EUROPE_FROM_T3, XOSL: EUROPE_FROM_T3, XHEL: EUROPE_FROM_T3,
  XETR: GERMANY, XFRA: GERMANY, XHKG: ALWAYS_T2, XTKS: JAPAN, XASX: AUSTRALIA, XNZE: NEW_ZEALAND, XSES: SINGAPORE, XJSE: SOUTH_AFRICA, XNSE: INDIA, XBOM: INDIA,
};

/** Settlement days after the trade; throws BAD_USER_INPUT for a market whose cycle is not known. */
export function settlementLagDays(market: string, tradeDate: Day): number {
  const cycle = CYCLES[market]?.findLast(({ from }) => from <= tradeDate);
  if (!cycle) throw badInput(`no settlement cycle is known for market ${market}`, { market });
  return cycle.lagDays;
}

/** The date on which a trade made on a regular day must settle. `calendar` counts days on which exchange and banks are open. */
export const contractualSettlementDate = (market: string, tradeDate: Day, calendar: Calendar): Day =>
  addBusinessDays(calendar, tradeDate, settlementLagDays(market, tradeDate));
