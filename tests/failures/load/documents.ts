/** What the load asks, as text. */
const errors = 'userErrors { code message }';

export const CREATE_INSTRUMENT = `mutation($input: CreateInstrumentInput!) { done: createInstrument(input: $input) { made: instrument { id } ${errors} } }`;
export const IMPORT_PRICES = `mutation($input: ImportPricesInput!) { done: importPrices(input: $input) { ${errors} } }`;
export const CREATE_PORTFOLIO = `mutation($input: CreatePortfolioInput!) { done: createPortfolio(input: $input) { made: portfolio { id } ${errors} } }`;
export const UPDATE_PORTFOLIO = `mutation($input: UpdatePortfolioInput!) { done: updatePortfolio(input: $input) { made: portfolio { id } ${errors} } }`;
export const DEPOSIT = `mutation($input: DepositCashInput!) { done: depositCash(input: $input) { ${errors} } }`;
export const WITHDRAW = `mutation($input: WithdrawCashInput!) { done: withdrawCash(input: $input) { ${errors} } }`;
export const CAPTURE = `mutation($input: CaptureTradeInput!) { done: captureTrade(input: $input) { made: trade { id } ${errors} } }`;
export const CAPTURE_MANY = `mutation($input: CaptureTradesInput!) { done: captureTrades(input: $input) { results { index outcome trade { id } } ${errors} } }`;
export const AMEND = `mutation($input: AmendTradeInput!) { done: amendTrade(input: $input) { made: trade { id } ${errors} } }`;
export const CANCEL = `mutation($input: CancelTradeInput!) { done: cancelTrade(input: $input) { made: trade { id } ${errors} } }`;

export const CASH = 'query($id: ID!) { portfolio(id: $id) { id cash { balance { amount } } } }';
export const NAME = 'query($id: ID!) { portfolio(id: $id) { id name } }';
export const VERSIONS = 'query($id: ID!) { trade(id: $id) { id status history { version kind quantity } } }';

export interface Done {
  readonly done: {
    readonly made?: { readonly id: string } | null;
    readonly results?: readonly { readonly index: number; readonly outcome: string; readonly trade: { readonly id: string } | null }[] | null;
    readonly userErrors: readonly { readonly code: string; readonly message: string }[];
  };
}
