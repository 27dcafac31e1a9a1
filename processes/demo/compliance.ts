/** The demo's rules, made by the compliance officer after the history was captured: they apply from then on. */
import { accepted, type Ask, type UserError } from './api.ts';
import type { PortfolioKey } from './plan/plan.ts';

export const RESTRICTED = 'IBM';
const APPROVAL_ABOVE = 250_000;

const RULE = `mutation ($input: CreateComplianceRuleInput!) { createComplianceRule(input: $input) { userErrors { code message path } } }`;
const RESTRICT = `mutation ($input: SetRestrictedListInput!) { setRestrictedList(input: $input) { userErrors { code message path } } }`;

const usd = (amount: number): object => ({ amount: String(amount), currency: 'USD' });

/** Each concerns one of the demo's portfolios: whoever opens another starts with the built-in rules alone. */
const RULES: readonly (readonly [PortfolioKey, Readonly<Record<string, unknown>>])[] = [
  ['trading', { name: 'Orders above 250,000 USD need approval', kind: 'APPROVAL_ABOVE_NOTIONAL', severity: 'NEEDS_APPROVAL', parameters: { limit: usd(APPROVAL_ABOVE) } }],
  ['trading', { name: 'Shares and funds only', kind: 'ALLOWED_ASSET_CLASSES', severity: 'BLOCK', parameters: { assetClasses: ['EQUITY', 'FUND'] } }],
  ['trading', { name: 'Prices within 10 % of the last close', kind: 'PRICE_TOLERANCE', severity: 'WARN', parameters: { tolerance: 0.1, maxAgeDays: 7 } }],
  ['growth', { name: 'No holding above half of net assets', kind: 'MAX_POSITION_WEIGHT', severity: 'BLOCK', parameters: { maxWeight: 0.5 } }],
  ['trading', { name: 'No holding above half of net assets', kind: 'MAX_POSITION_WEIGHT', severity: 'BLOCK', parameters: { maxWeight: 0.5 } }],
];

export async function setRules(compliance: Ask, portfolios: ReadonlyMap<PortfolioKey, string>, ids: ReadonlyMap<string, string>): Promise<void> {
  for (const [index, [key, rule]] of RULES.entries()) {
    const input = { ...rule, portfolioId: portfolios.get(key), reason: 'House rules', idempotencyKey: `demo-rule-${String(index + 1)}` };
    accepted((await compliance<{ createComplianceRule: { userErrors: UserError[] } }>(RULE, { input })).createComplianceRule);
  }
  const input = { instrumentIds: [ids.get(RESTRICTED)], reason: `Research on ${RESTRICTED} is being prepared` };
  accepted((await compliance<{ setRestrictedList: { userErrors: UserError[] } }>(RESTRICT, { input })).setRestrictedList);
}
