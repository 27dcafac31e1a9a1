/** Alert rules of the trader: a quarter of a per cent above and below the last close before the demo was begun, so that the tape crosses them before long. */
import { Decimal } from '@pms/money';
import { accepted, type Ask, type UserError } from './api.ts';
import type { Market } from './market.ts';

const SYMBOL = 'AAPL';
const RULE = `mutation ($input: CreateAlertRuleInput!) { createAlertRule(input: $input) { userErrors { code message path } } }`;
const BANDS = [{ condition: 'ABOVE', factor: '1.0025' }, { condition: 'BELOW', factor: '0.9975' }] as const;

export async function watchPrices(trader: Ask, { ids, histories }: Market, begunOn: string): Promise<void> {
  const close = histories.get(SYMBOL)?.findLast(({ date }) => date < begunOn)?.close ?? '0';
  for (const { condition, factor } of BANDS) {
    const threshold = new Decimal(close).times(factor).toDecimalPlaces(2).toFixed();
    const input = { instrumentId: ids.get(SYMBOL), condition, threshold, idempotencyKey: `demo-alert-${condition.toLowerCase()}` };
    accepted((await trader<{ createAlertRule: { userErrors: UserError[] } }>(RULE, { input })).createAlertRule);
  }
}
