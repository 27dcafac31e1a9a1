/** Tells those who listen of new prices, and raises the alerts that wait for them. */
import { event, type Origin } from '@pms/events/envelope';
import { type Decimal, text } from '@pms/money';
import { inCurrency } from '@pms/money/quote-unit';
import { alertRaised, type QuoteMessage } from '@pms/schema/events/rttm';
import { counter } from '@pms/telemetry/metrics';
import { type Alert, alertMessage, type AlertMessage, judge, type WatchedRule } from '../domain/alerts.ts';
import type { ToldTick } from '../domain/quote.ts';
import type { Market } from '../market.ts';

const quotesTold = counter('pms_quotes_total', 'Quotes told to those who listen, simulated ones apart.', ['simulated']);

/** `originOf` says on whose behalf an alert is raised. */
export async function spreadTicks(market: Market, ticks: readonly ToldTick[], originOf: (organizationId: string) => Origin): Promise<void> {
  for (const tick of ticks) market.live.publish(`quotes/${tick.instrumentId}`, messageOf(tick));
  for (const { simulated } of ticks) quotesTold.inc({ simulated: String(simulated) });
  const byInstrument = new Map(ticks.map((tick) => [tick.instrumentId, tick]));
  const rules = await market.store.rulesWatching([...byInstrument.keys()]);
  const rearm: string[] = [];
  for (const rule of rules) {
    const tick = byInstrument.get(rule.instrumentId) as ToldTick;
    const verdict = judge(rule, tick.last, market.now());
    if (verdict === 'REARM') rearm.push(rule.id);
    if (verdict === 'RAISE') await raise(market, rule, tick, originOf(rule.organizationId));
  }
  if (rearm.length > 0) await market.store.work((unit) => unit.armRules(rearm));
}

async function raise({ store, live, newId, now }: Market, rule: WatchedRule, { last, simulated }: ToldTick, origin: Origin): Promise<void> {
  const { organizationId, instrumentId } = rule;
  const message = alertMessage(rule, last);
  const alert: Alert = { id: newId('alt'), organizationId, alertRuleId: rule.id, instrumentId, last, simulated, message, raisedAt: now() };
  const raised = await store.work(async (unit) => {
    if (!(await unit.insertAlert(alert))) return false;
    const facts = { alertId: alert.id, alertRuleId: rule.id, instrumentId, last: text(last), message };
    await unit.outbox.add([event(alertRaised, instrumentId, facts, { origin, newId, now })]);
    return true;
  });
  const told: AlertMessage = { ...alert, last: text(last), raisedAt: alert.raisedAt.toISOString() };
  if (raised) live.publish(`alerts/${organizationId}`, told);
}

/** Others reckon with quotes, so they hear them in the currency. */
function messageOf(tick: ToldTick): QuoteMessage {
  const told = (price: Decimal): string => text(inCurrency(price, tick.quoteUnit));
  return {
    instrumentId: tick.instrumentId, organizationId: tick.organizationId, last: told(tick.last), previousClose: tick.previousClose === null ? null : told(tick.previousClose),
    currency: tick.currency, time: tick.time.toISOString(), simulated: tick.simulated,
  };
}
