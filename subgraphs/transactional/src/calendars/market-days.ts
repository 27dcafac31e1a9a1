/** Calendars as they are asked for from outside. */
import { badInput } from '@pms/errors';
import { addBusinessDays } from '../domain/calendar.ts';
import type { Day } from '../domain/days.ts';
import { earlyClose } from './early-closes.ts';
import { fxSpotDate } from './fx-spot.ts';
import { marketCalendar, settlementCalendar } from './market-calendars.ts';
import { type Market, marketOf, settlementDateOf, settlementLagOf } from './settlement-date.ts';

export const marketDays = {
  tradingDay(mic: string, date: Day) {
    const exchange = marketCalendar(mic);
    return {
      isTradingDay: exchange.isBusinessDay(date), isSettlementDay: settlementCalendar(mic).isBusinessDay(date), earlyClose: earlyClose(mic, date),
      previous: addBusinessDays(exchange, date, -1), next: addBusinessDays(exchange, date, 1),
    };
  },
  settlement(market: Market, tradeDate: Day) {
    if (market.mic !== null) marketCalendar(market.mic);
    return { date: settlementDateOf(market, tradeDate), lagDays: settlementLagOf(market, tradeDate), mic: marketOf(market) };
  },
  /** BAD_USER_INPUT for one currency against itself. */
  fxSpotDate(buy: string, sell: string, tradeDate: Day): Day {
    if (buy === sell) throw badInput('an exchange has two currencies', { currency: buy });
    return fxSpotDate(buy, sell, tradeDate);
  },
};
