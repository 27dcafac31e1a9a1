/** The main job as the public contract prints it, word for word; `filled` puts identifiers where it leaves them open. */

export const createPortfolio = `mutation { createPortfolio(input: { name: "Growth", baseCurrency: "USD", lotMethod: FIFO, idempotencyKey: "g-1" }) {
  portfolio { id name baseCurrency } userErrors { code message path } } }`;

export const depositCash = `mutation { depositCash(input: { portfolioId: "prt_…", amount: { amount: "100000", currency: "USD" }, idempotencyKey: "d-1" }) {
  cash { balance { amount currency } } userErrors { code message path } } }`;

export const captureTrade = `mutation { captureTrade(input: { portfolioId: "prt_…", instrumentId: "ins_…", side: BUY, quantity: "100", price: "187.25",
    currency: "USD", tradeDate: "2026-11-20", fees: [{ kind: COMMISSION, amount: { amount: "1.50", currency: "USD" } }], externalId: "broker-77" }) {
  trade { id status version } userErrors { code message path } } }`;

export const portfolio = `query { portfolio(id: "prt_…") {
  name investor { name }
  positions { instrument { symbol quote { last time } } quantity averageCost { amount } costBasis { amount } realizedPnl { amount } lots { openedOn quantity unitCost { amount } } }
  cash { currency balance { amount } settled { amount } }
  trades(first: 10) { edges { node { id side quantity price status settlement { status contractualDate } checks { rule outcome } auditTrail(first: 5) { edges { node { action actor at hash } } } } } pageInfo { hasNextPage endCursor } }
  valuation { marketValue { amount } unrealizedPnl { amount } realizedPnl { amount } dayPnl { amount } at }
  performance(from: "2026-01-01", to: "2026-11-20") { timeWeightedReturn moneyWeightedReturn maxDrawdown volatility sharpe }
  risk { valueAtRisk { confidence horizonDays method amount { amount } } }
  rank(metric: TIME_WEIGHTED_RETURN, window: YEAR_TO_DATE) { position of percentile } } }`;

export const portfolioPnl = `subscription { portfolioPnl(portfolioId: "prt_…") { at marketValue { amount } unrealizedPnl { amount } dayPnl { amount }
  portfolio { name investor { name } } positions { instrument { symbol } last marketValue { amount } unrealizedPnl { amount } } } }`;

export const tradeEvents = `subscription { tradeEvents(portfolioId: "prt_…") { kind at trade { id status side quantity instrument { symbol name } portfolio { name } } } }`;

export const filled = (text: string, { portfolioId, instrumentId }: { readonly portfolioId: string; readonly instrumentId?: string }): string =>
  text.replaceAll('prt_…', portfolioId).replaceAll('ins_…', instrumentId ?? 'ins_…');
