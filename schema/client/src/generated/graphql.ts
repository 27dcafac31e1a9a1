/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What is left out stays as it is. */
export type AmendTradeInput = {
  /** With whom it settles, 1 to 100 characters. A trade that names its counterparty has to be matched (`matchSettlement`) before it can settle. What is left out stays as it was. */
  readonly counterparty?: string | null | undefined;
  readonly currency?: string | null | undefined;
  /** The account at the custodian that receives or delivers. */
  readonly custodyAccount?: string | null | undefined;
  /** Refuses the change when the trade shows another version by now. */
  readonly expectedVersion?: number | null | undefined;
  /** Replaces all fees. */
  readonly fees?: ReadonlyArray<FeeInput> | null | undefined;
  /** Makes a repeated call harmless. */
  readonly idempotencyKey?: string | null | undefined;
  readonly instrumentId?: string | null | undefined;
  /** Replaces all lots named; an empty list leaves the choice to the portfolio's lot method. */
  readonly lotPicks?: ReadonlyArray<LotPickInput> | null | undefined;
  /** The depository where it settles, such as a BIC. */
  readonly placeOfSettlement?: string | null | undefined;
  /** In the instrument's quote unit, or in its currency where it has none. */
  readonly price?: string | null | undefined;
  readonly quantity?: string | null | undefined;
  /** Why, for the record. */
  readonly reason: string;
  /** The trade's own currency ends settlement in another one. */
  readonly settlementCurrency?: string | null | undefined;
  /** Needed with another settlement currency. */
  readonly settlementRate?: string | null | undefined;
  readonly side?: TradeSide | null | undefined;
  readonly tradeDate?: string | null | undefined;
  readonly tradeId: string;
};

export type ApproveTradeInput = {
  readonly comment?: string | null | undefined;
  /** Refuses the approval when another version waits by now. */
  readonly expectedVersion?: number | null | undefined;
  readonly tradeId: string;
};

/** What kind of thing an instrument is. */
export type AssetClass =
  | 'BOND'
  | 'CASH'
  | 'EQUITY'
  | 'FUND'
  /** A pair of currencies. */
  | 'FX'
  /** A figure that is computed and cannot be bought itself, such as the S&P 500. */
  | 'INDEX'
  | 'OTHER';

/** Which entries to list; what is left out matches all. */
export type AuditFilter = {
  /** What happened, for example `TRADE_CAPTURED`. */
  readonly action?: string | null | undefined;
  /** Who did it. */
  readonly actor?: string | null | undefined;
  /** Shared by everything that came of one request. */
  readonly correlationId?: string | null | undefined;
  /** Things that happened at this instant or after. */
  readonly from?: string | null | undefined;
  /** A part of the reason that was given, in any letters. */
  readonly reason?: string | null | undefined;
  /** The id of a thing: a trade, a portfolio, a user, … */
  readonly subject?: string | null | undefined;
  /** Things that happened at this instant or before. */
  readonly to?: string | null | undefined;
  /** The event's full name, for example `trade-capture.trade-captured.v1`. */
  readonly type?: string | null | undefined;
};

/** How a chain can be broken. */
export type AuditProblem =
  /** Entries before this one are not those of which a checkpoint was written down, or the checkpoint is not signed by us. */
  | 'CHECKPOINT_DIFFERS'
  /** The entry's contents are not those that were hashed. */
  | 'CONTENT_CHANGED'
  /** An entry is missing in the middle, or at the beginning. */
  | 'ENTRY_MISSING'
  /** An entry tells of an event that the domain never said, or not like that: it came from somebody else. */
  | 'EVENT_FORGED'
  /** A domain said something that was never recorded. */
  | 'EVENT_MISSING'
  /** Two entries follow the same one. */
  | 'FORKED'
  /** The record of where the chain ends was changed by somebody else. */
  | 'HEAD_FORGED'
  /** The entry is not chained to the one before it. */
  | 'LINK_BROKEN'
  /** Entries were put in another order. */
  | 'ORDER_CHANGED'
  /** Entries are missing at the end, or were added by somebody else. */
  | 'TAIL_CHANGED';

/** A fee, interest, a tax or a dividend that belongs to no trade. */
export type BookCashItemInput = {
  /** Positive, in whole minor units of the currency; `item` says which way it goes. Of a dividend, before tax. */
  readonly amount: MoneyInput;
  /** Checks everything and writes nothing: the payload has the cash as it would be, and no `movementId`. */
  readonly dryRun?: boolean | null | undefined;
  /** The day from which it counts; today unless given, and never later than today. */
  readonly effectiveDate?: string | null | undefined;
  /** The same key again returns the first result and writes nothing. */
  readonly idempotencyKey: string;
  /** Of a dividend: the instrument that paid it. */
  readonly instrumentId?: string | null | undefined;
  readonly item: CashItem;
  /** The portfolio whose cash it is. */
  readonly portfolioId: string;
  /** Why, for the audit trail. */
  readonly reason?: string | null | undefined;
  /** Of a dividend: what of the amount was withheld as tax, in its currency; nothing unless given. */
  readonly taxWithheld?: string | null | undefined;
};

/** All that is given must hold. */
export type BreachFilter = {
  readonly from?: string | null | undefined;
  readonly kind?: RuleKind | null | undefined;
  readonly outcome?: CheckOutcome | null | undefined;
  readonly portfolioId?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly tradeId?: string | null | undefined;
};

/** Which simulation to end. */
export type CancelSimulationInput = {
  /** For the audit trail. */
  readonly reason?: string | null | undefined;
  readonly simulationId: string;
};

export type CancelTradeInput = {
  /** Refuses the change when the trade shows another version by now. */
  readonly expectedVersion?: number | null | undefined;
  /** Makes a repeated call harmless. */
  readonly idempotencyKey?: string | null | undefined;
  /** Why, for the record. */
  readonly reason: string;
  readonly tradeId: string;
};

export type CaptureTradeInput = {
  /** With whom it settles, 1 to 100 characters. A trade that names its counterparty has to be matched (`matchSettlement`) before it can settle. */
  readonly counterparty?: string | null | undefined;
  /** The instrument's currency; never its quote unit. */
  readonly currency: string;
  /** The account at the custodian that receives or delivers. */
  readonly custodyAccount?: string | null | undefined;
  /** The caller's own name for the trade, unique in the organisation. This or `idempotencyKey` is needed. */
  readonly externalId?: string | null | undefined;
  readonly fees?: ReadonlyArray<FeeInput> | null | undefined;
  /** Makes a repeated call harmless where the trade has no name of its own. */
  readonly idempotencyKey?: string | null | undefined;
  readonly instrumentId: string;
  /** Up to 500 open lots to close. When the books find that these are not open, or do not add up, the trade becomes REJECTED, and `decision.comment` says why. */
  readonly lotPicks?: ReadonlyArray<LotPickInput> | null | undefined;
  /** The depository where it settles, such as a BIC. */
  readonly placeOfSettlement?: string | null | undefined;
  readonly portfolioId: string;
  /** Of one unit, without fees; more than zero. In the instrument's quote unit where it has one: 250 of a share quoted in GBX is 2.50 GBP. */
  readonly price: string;
  /** More than zero, also for a sale. */
  readonly quantity: string;
  /** Why, for the record. */
  readonly reason?: string | null | undefined;
  /** The currency in which cash moves, where it is not `currency`. */
  readonly settlementCurrency?: string | null | undefined;
  /** The trade's own rate: how much of the settlement currency one unit of `currency` is. Needed where the two differ. */
  readonly settlementRate?: string | null | undefined;
  readonly side: TradeSide;
  /** Not in the future anywhere on earth. */
  readonly tradeDate: string;
};

export type CaptureTradesInput = {
  /** 1 to 10,000. */
  readonly trades: ReadonlyArray<CaptureTradeInput>;
};

/** What is booked in cash outside of trades. */
export type CashItem =
  /**
   * A cash dividend as a custodian's statement has it, for a portfolio whose books have it from nowhere else: the amount is gross, `instrumentId` says whose it is, `taxWithheld` what of it did not
   * come. Refused where an announced dividend of the instrument was paid within five days of it; an announcement that comes later leaves the portfolio alone.
   */
  | 'DIVIDEND'
  /** A charge: custody, management, an account. */
  | 'FEE'
  /** A charge that was given back. */
  | 'FEE_REFUND'
  /** On a debit balance, or a negative rate on a credit one. */
  | 'INTEREST_PAID'
  | 'INTEREST_RECEIVED'
  | 'TAX'
  | 'TAX_REFUND';

export type CheckOutcome =
  /** The trade is rejected. */
  | 'FAILED'
  /** The trade waits for somebody else's approval. */
  | 'NEEDS_APPROVAL'
  | 'PASSED'
  /** The trade goes on. */
  | 'WARNED';

export type CheckTradeInput = {
  readonly currency: string;
  /** Fees as `captureTrade` takes them, at most 20: each is paid in its own currency, and cash of that has to be there. Whether a rate for them is known, only the books say, once it is captured. */
  readonly feeItems?: ReadonlyArray<FeeInput> | null | undefined;
  /** All fees together, in the trade's currency; those of `feeItems` come on top. */
  readonly fees?: string | null | undefined;
  readonly instrumentId: string;
  readonly portfolioId: string;
  /** In the instrument's quote unit, or in its currency where it has none. */
  readonly price: string;
  readonly quantity: string;
  /** The currency in which cash moves, where it is not `currency`. */
  readonly settlementCurrency?: string | null | undefined;
  /** The trade's own rate: how much of the settlement currency one unit of `currency` is. Needed where the two differ. */
  readonly settlementRate?: string | null | undefined;
  readonly side: TradeSide;
  /** Today, in UTC, where it is left out. */
  readonly tradeDate?: string | null | undefined;
};

export type CreateComplianceRuleInput = {
  /** A disabled rule of a built-in kind switches the built-in one off. */
  readonly enabled?: boolean | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  readonly kind: RuleKind;
  readonly name: string;
  readonly parameters?: RuleParametersInput | null | undefined;
  /** Null: all portfolios of the organisation. */
  readonly portfolioId?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly severity: RuleSeverity;
};

/** What to add. */
export type CreateInstrumentInput = {
  readonly assetClass: AssetClass;
  /** ISO 4217. A quote unit such as GBX is refused: give GBP, and GBX as `quoteUnit`. */
  readonly currency: string;
  readonly figi?: string | null | undefined;
  /** The same key again returns the first instrument and writes nothing; with other content it is refused. */
  readonly idempotencyKey: string;
  readonly isin?: string | null | undefined;
  readonly mic?: string | null | undefined;
  /** 1 to 200 characters. */
  readonly name: string;
  /** The unit that prices are quoted in, where that is not the currency. */
  readonly quoteUnit?: QuoteUnit | null | undefined;
  /** 1 to 20 of A-Z, 0-9, `.`, `-`, `/`, `^`. One listing per exchange. */
  readonly symbol: string;
};

/** Whom to add. */
export type CreateInvestorInput = {
  /** The same key again returns the first investor and writes nothing. */
  readonly idempotencyKey?: string | null | undefined;
  readonly kind?: InvestorKind | null | undefined;
  /** 1 to 200 characters. */
  readonly name: string;
};

/** What to open. */
export type CreatePortfolioInput = {
  /** A currency that is in use today. */
  readonly baseCurrency: string;
  readonly benchmarkInstrumentId?: string | null | undefined;
  /** The same key again returns the first portfolio and writes nothing; with other content it is refused. */
  readonly idempotencyKey: string;
  readonly investorId?: string | null | undefined;
  readonly lotMethod?: LotMethod | null | undefined;
  /** 1 to 200 characters. */
  readonly name: string;
};

/** Which program to add. */
export type CreateServiceClientInput = {
  /** 1 to 200 characters. */
  readonly name: string;
  /** What its tokens may allow; nothing that the caller may not do. */
  readonly scopes: ReadonlyArray<string>;
};

/** Whom to add. */
export type CreateUserInput = {
  /** 1 to 200 characters. */
  readonly displayName: string;
  /** What they sign in with; no other user on the platform may have it. */
  readonly email: string;
  /** For a user who is nothing but INVESTOR: whose portfolios they see. At most 20; none shows nothing. NOT_FOUND for an id that is no investor of the organisation. */
  readonly investorIds?: ReadonlyArray<string> | null | undefined;
  /** 12 to 256 characters; made for them where it is left out. */
  readonly password?: string | null | undefined;
  /** At least one. */
  readonly roles: ReadonlyArray<Role>;
};

/** Which portfolio an account belongs to. */
export type CustodyAccountInput = {
  /** As the statement names it. */
  readonly account: string;
  /** Whose holdings it keeps. */
  readonly portfolioId: string;
};

/** Which trades a statement counts. */
export type CustodyBasis =
  /** Those that should have settled by its day. */
  | 'CONTRACTUAL'
  /** Those that have settled by its day. */
  | 'SETTLED'
  /** Those traded by its day. */
  | 'TRADED';

/** Names of columns in the header. */
export type CustodyCsvColumnsInput = {
  /** The account. */
  readonly account?: string | null | undefined;
  /** Of the quantity, what can be delivered. */
  readonly available?: string | null | undefined;
  /** The currency, for rows of cash. */
  readonly currency?: string | null | undefined;
  /** The instrument in words. */
  readonly description?: string | null | undefined;
  /** Another identifier: CUSIP, SEDOL, the custodian's own. */
  readonly identifier?: string | null | undefined;
  /** The ISIN. */
  readonly isin?: string | null | undefined;
  /** CASH marks a row of cash; a row that names nothing but a currency is one, too. */
  readonly kind?: string | null | undefined;
  /** Of the quantity, what cannot. */
  readonly notAvailable?: string | null | undefined;
  /** Units, negative for short; for a row of cash, the balance. */
  readonly quantity?: string | null | undefined;
  /** The day. */
  readonly statedOn?: string | null | undefined;
  /** The ticker. */
  readonly symbol?: string | null | undefined;
};

/** How a custodian lays out its CSV. What is left out is found by usual names. */
export type CustodyCsvInput = {
  /** The header's names of columns. */
  readonly columns?: CustodyCsvColumnsInput | null | undefined;
  /** The order of dates; year, month, day unless given. */
  readonly dateOrder?: DateOrder | null | undefined;
  /** Whether numbers have a point or a comma; a point unless given. */
  readonly decimalMark?: DecimalMark | null | undefined;
  /** A comma, a semicolon, a tab or a bar. */
  readonly delimiter?: string | null | undefined;
};

/** What a name in statements stands for, where it is neither the instrument's ISIN nor its symbol. */
export type CustodyInstrumentInput = {
  /** The ISIN, the symbol or another identifier, as the statement writes it. */
  readonly identifier: string;
  /** The instrument that it stands for. */
  readonly instrumentId: string;
};

/** What a statement is written in. */
export type CustodyStatementFormat =
  /** A header row, then a row for each holding or balance of cash. */
  | 'CSV'
  /** ISO 15022 MT535, statement of holdings: SWIFT FIN text of one or several messages. */
  | 'MT535'
  /** ISO 20022 semt.002, securities balance custody report: XML, versions 3 to 12. */
  | 'SEMT002';

/** The order of a date's parts. */
export type DateOrder =
  /** 20.11.2026 */
  | 'DMY'
  /** 11/20/2026 */
  | 'MDY'
  /** 2026-11-20, 20261120 */
  | 'YMD';

/** What separates the whole from the fraction of a number. */
export type DecimalMark =
  /** 1.234,56 */
  | 'COMMA'
  /** 1,234.56 */
  | 'POINT';

export type DecisionOutcome =
  | 'PENDING_APPROVAL'
  | 'REJECTED'
  | 'VALIDATED';

/** What is paid in. */
export type DepositCashInput = {
  /** Positive, in whole minor units of the currency. */
  readonly amount: MoneyInput;
  /** The day from which it counts; today unless given, and never later than today. */
  readonly effectiveDate?: string | null | undefined;
  /** The same key again returns the first result and writes nothing. */
  readonly idempotencyKey: string;
  /** The portfolio that receives it. */
  readonly portfolioId: string;
  /** Why, for the audit trail. */
  readonly reason?: string | null | undefined;
};

export type FeeInput = {
  /**
   * Zero or more. In another currency than the trade's it is paid in its own (rounded half-even, once for all fees of one currency), and counts in what was bought or sold at the rate
   * published last on or before the trade date, at most 7 days before it; in the settlement currency at the trade's own rate. Where no rate is known the trade becomes REJECTED: `decision.comment` says MISSING_RATE and which.
   */
  readonly amount: MoneyInput;
  readonly kind: FeeKind;
};

export type FeeKind =
  | 'COMMISSION'
  | 'EXCHANGE_FEE'
  | 'OTHER'
  | 'REGULATORY_FEE'
  | 'TAX';

export type ImportCashRows =
  /** They are bad rows. */
  | 'REFUSE'
  /** They are handed back in `bookings` with the outcome CASH, to be booked by the mutation that each names, with its externalId as the idempotency key. */
  | 'RETURN';

/** A statement, and on which terms it is compared. */
export type ImportCustodyStatementInput = {
  /** Every account of the statement must be here. */
  readonly accounts: ReadonlyArray<CustodyAccountInput>;
  /** Compares anew, as a further version, although the same statement was compared before: with the books as they are now. */
  readonly again?: boolean;
  /** For a CSV: SETTLED unless given. The other formats say it themselves, and must agree where it is given. */
  readonly basis?: CustodyBasis | null | undefined;
  /** A difference of at most this much of a currency matches; none unless given. */
  readonly cashTolerance?: string | null | undefined;
  /** How its CSV is laid out. */
  readonly csv?: CustodyCsvInput | null | undefined;
  /** Who wrote it: always the same name for one custodian. */
  readonly custodian: string;
  /** Compares and keeps nothing. */
  readonly dryRun?: boolean;
  /** Told from the text unless given. */
  readonly format?: CustodyStatementFormat | null | undefined;
  /** Names that are neither ISIN nor symbol of an instrument here. */
  readonly instruments?: ReadonlyArray<CustodyInstrumentInput> | null | undefined;
  /** A difference of at most this many units matches; none unless given. */
  readonly quantityTolerance?: string | null | undefined;
  /** The day of a CSV that has no column for it. */
  readonly statedOn?: string | null | undefined;
  /** The statement as it came, at most 7,000,000 characters. */
  readonly text: string;
  /** Which version of the day's statement it is; the next one unless given. CONFLICT where that version, or a later one, is there. */
  readonly version?: number | null | undefined;
};

/** What a row says that happened. */
export type ImportKind =
  | 'BUY'
  /** Cash paid in. */
  | 'DEPOSIT'
  | 'DIVIDEND'
  | 'FEE'
  /** Below zero: paid. */
  | 'INTEREST'
  | 'SELL'
  | 'TAX'
  /** Cash taken out. */
  | 'WITHDRAWAL';

export type ImportOutcome =
  /** It would be captured; or would have been, had no other row been bad. */
  | 'BOOK'
  | 'CAPTURED'
  /** It moves cash alone: `bookedBy` says how it is booked. */
  | 'CASH'
  /** It had been captured before, with the same content. */
  | 'DUPLICATE';

/** Closes of one instrument, as rows or as CSV text: one of the two, at most 25,000 rows. */
export type ImportPricesInput = {
  /** A price file with its header line, at most 2,000,000 characters. Other columns than those of its layout are ignored; the order of the days is free. */
  readonly csv?: string | null | undefined;
  /** The instrument by its id or by its symbol: one of the two. */
  readonly instrumentId?: string | null | undefined;
  /** How the file is laid out; found out from the header line unless given. */
  readonly layout?: PriceLayout | null | undefined;
  /** Needed where the symbol is listed on several exchanges. */
  readonly mic?: string | null | undefined;
  readonly rows?: ReadonlyArray<PriceRowInput> | null | undefined;
  readonly symbol?: string | null | undefined;
};

/** A row that the caller has read out of a file. */
export type ImportRowInput = {
  /** Of what is no trade: more than zero; interest paid is below. */
  readonly amount?: string | null | undefined;
  readonly currency: string;
  readonly date: string;
  /** The caller's own name for it, unique in the organisation. */
  readonly externalId: string;
  /** Of a trade, in whatever currency. */
  readonly fees?: ReadonlyArray<FeeInput> | null | undefined;
  /** The instrument by its id, or else by its ISIN, or else by its symbol. */
  readonly instrumentId?: string | null | undefined;
  readonly isin?: string | null | undefined;
  readonly kind: ImportKind;
  /** Of the exchange, where there are several listings. */
  readonly mic?: string | null | undefined;
  readonly note?: string | null | undefined;
  /** Of a trade: of one unit, in `currency`, never in a quote unit. */
  readonly price?: string | null | undefined;
  /** Of a trade: more than zero, also for a sale. */
  readonly quantity?: string | null | undefined;
  /** Its number, by which problems name it. */
  readonly row: number;
  readonly symbol?: string | null | undefined;
  /** Tax withheld from a dividend, which is part of its amount: the amount is gross. */
  readonly withheld?: string | null | undefined;
};

/** One of `csv`, `ofx` and `rows`. */
export type ImportTradesInput = {
  /** What becomes of rows that move cash alone: the trades' own mutation does not book them. */
  readonly cashRows?: ImportCashRows;
  /** A CSV file as text, with `layout` or `mapping`. */
  readonly csv?: string | null | undefined;
  /** Says what would be captured, and writes nothing. */
  readonly dryRun?: boolean;
  /** A layout that comes with the platform: generic, ibkr-flex, ibkr-activity, schwab, fidelity, degiro, degiro-eur, trading212, swissquote, saxo, revolut. */
  readonly layout?: string | null | undefined;
  /** A mapping file of your own, as JSON text; the page of the books says what may be in it. */
  readonly mapping?: string | null | undefined;
  /** An OFX document with an investment statement, version 1 or 2. */
  readonly ofx?: string | null | undefined;
  /** Captures the good rows although others are bad. */
  readonly partial?: boolean;
  readonly portfolioId: string;
  /** Why, for the record: kept with every trade. */
  readonly reason?: string | null | undefined;
  readonly rows?: ReadonlyArray<ImportRowInput> | null | undefined;
};

/** At most 1,000 quotes. */
export type IngestQuotesInput = {
  readonly quotes: ReadonlyArray<QuoteInput>;
};

/** Which instruments to list; what is left out matches all. */
export type InstrumentFilter = {
  readonly assetClass?: AssetClass | null | undefined;
  /** Text within the symbol or the name, in any letter case. */
  readonly search?: string | null | undefined;
  /** At most 500. */
  readonly symbols?: ReadonlyArray<string> | null | undefined;
};

/** What an investor is. */
export type InvestorKind =
  /** A fund that invests on behalf of its own holders. */
  | 'FUND'
  /** The organisation itself. */
  | 'HOUSE'
  /** A natural person. */
  | 'INDIVIDUAL'
  /** A company, a foundation, a pension scheme. */
  | 'INSTITUTION';

/** By what portfolios are ranked. */
export type LeaderboardMetric =
  /** Smallest fall first. */
  | 'MAX_DRAWDOWN'
  /** Highest first. */
  | 'SHARPE'
  /** Highest first. */
  | 'TIME_WEIGHTED_RETURN'
  /** Lowest first. */
  | 'VOLATILITY';

/** Over which days. */
export type LeaderboardWindow =
  | 'MONTH_TO_DATE'
  /** The year that ends today. */
  | 'ONE_YEAR'
  /** Since the portfolio's first flow. */
  | 'SINCE_INCEPTION'
  | 'YEAR_TO_DATE';

/** Which tax lots a sale closes first. */
export type LotMethod =
  /** None in particular: all lots have the average cost. */
  | 'AVERAGE_COST'
  /** The oldest. */
  | 'FIFO'
  /** Those that cost most. */
  | 'HIFO'
  /** The newest. */
  | 'LIFO'
  /** Those that the sale names; the oldest, where it names none. */
  | 'SPECIFIC';

/** Names an open lot that the trade closes (specific identification), whatever the portfolio's lot method; not with AVERAGE_COST, which has one pool. */
export type LotPickInput = {
  /** The lot's id, or the id of the trade that opened it. */
  readonly lotId: string;
  /** How much of it: more than zero, at most what is open. All picks together are what the trade closes: a trade that goes through zero closes less than it trades. */
  readonly quantity: string;
};

/** An amount of one currency. */
export type MoneyInput = {
  readonly amount: string;
  readonly currency: string;
};

/** Which portfolios to list; what is left out matches all. */
export type PortfolioFilter = {
  readonly baseCurrency?: string | null | undefined;
  readonly investorId?: string | null | undefined;
  /** Portfolios whose name contains this text, in any letter case. */
  readonly nameContains?: string | null | undefined;
  readonly status?: PortfolioStatus | null | undefined;
};

/** Whether a portfolio takes changes. */
export type PortfolioStatus =
  | 'CLOSED'
  | 'OPEN';

/** How a price file is laid out. An adjusted close is never taken for a close: later dividends and splits are in it. */
export type PriceLayout =
  /** Alpha Vantage: `timestamp,open,high,low,close,volume`, with or without adjusted columns, newest first. */
  | 'ALPHA_VANTAGE'
  /** Columns `date` (ISO 8601) and `close`, optionally `open`, `high`, `low`, `volume`, in any order. */
  | 'PLAIN'
  /** Stooq's daily file: `Date,Open,High,Low,Close,Volume`. */
  | 'STOOQ'
  /** Stooq's bulk file, of one instrument: `<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>`, days as 20261120. */
  | 'STOOQ_BULK'
  /** Yahoo Finance: `Date,Open,High,Low,Close,Adj Close,Volume`; `null` where a day has no price. */
  | 'YAHOO';

/** The prices of a day, in the instrument's quote unit, or in its currency where it has none. */
export type PriceRowInput = {
  readonly close: string;
  readonly date: string;
  readonly high?: string | null | undefined;
  readonly low?: string | null | undefined;
  readonly open?: string | null | undefined;
  readonly volume?: string | null | undefined;
};

/** Who can hold an access token. */
export type PrincipalKind =
  /** A program. */
  | 'SERVICE'
  /** A person. */
  | 'USER';

/** A price of one unit, in the instrument's quote unit, or in its currency where it has none. */
export type QuoteInput = {
  /** The instrument by its id or by its symbol: one of the two. */
  readonly instrumentId?: string | null | undefined;
  readonly last: string;
  readonly symbol?: string | null | undefined;
  /** When the price was made; at most a minute in the future. */
  readonly time: string;
};

/** A unit that prices are quoted in. It is no currency: cost, cash and value are in the currency that it is a part of. */
export type QuoteUnit =
  /** Pence, a hundredth of GBP. */
  | 'GBX'
  /** Agorot, a hundredth of ILS. */
  | 'ILA'
  /** Cents, a hundredth of ZAR. */
  | 'ZAc';

/** How a line came out. */
export type ReconciliationLineResult =
  /** Cash is not as much. */
  | 'CASH_DIFFERS'
  /** They agree, within the tolerance. */
  | 'MATCHED'
  /** The custodian holds what the books do not. */
  | 'MISSING_HERE'
  /** The books hold what the custodian does not. */
  | 'MISSING_THERE'
  /** Both hold it, and not as much. */
  | 'QUANTITY_DIFFERS'
  /** The custodian holds an instrument that nobody here knows by that name: map it, or create it. */
  | 'UNKNOWN_INSTRUMENT';

export type RejectTradeInput = {
  /** Refuses the rejection when another version waits by now. */
  readonly expectedVersion?: number | null | undefined;
  /** Why, for the record. */
  readonly reason: string;
  readonly tradeId: string;
};

/** Which settlement is to be tried again. */
export type RetrySettlementInput = {
  /** The same key again changes nothing. */
  readonly idempotencyKey?: string | null | undefined;
  /** The trade whose settlement has failed. */
  readonly tradeId: string;
};

/** What a user does in the organisation; each role stands for a set of scopes. */
export type Role =
  /** Everything, identities included. */
  | 'ADMIN'
  /** Writes the rules, approves and rejects trades. */
  | 'COMPLIANCE'
  /** Reads the portfolios of the investors that the user stands for, and nothing else of the organisation, unless it has other roles as well. */
  | 'INVESTOR'
  /** Settles, moves cash, looks after market data. */
  | 'OPERATIONS'
  /** Manages portfolios: reads everything, trades, moves cash, simulates. */
  | 'PORTFOLIO_MANAGER'
  /** Reads everything and simulates. */
  | 'RISK'
  /** Captures, amends and cancels trades. */
  | 'TRADER';

/** What a rule looks at. A trade that makes nothing worse is never held back by cash, short-selling and weight rules; what cannot be decided (no price, no rate) asks for approval, or warns where the rule only warns. */
export type RuleKind =
  /** Only instruments of `assetClasses` may be traded. */
  | 'ALLOWED_ASSET_CLASSES'
  /** Quantity times price above `limit` needs approval. */
  | 'APPROVAL_ABOVE_NOTIONAL'
  /** No holding may weigh more than `maxWeight` of net assets. */
  | 'MAX_POSITION_WEIGHT'
  /** Quantity times price must not be above `limit`. */
  | 'MAX_TRADE_NOTIONAL'
  /** No holding may fall below zero. Built in, as BLOCK. */
  | 'NO_SHORT_SELLING'
  /** The price must lie within `tolerance` of the last close on or before the trade date. */
  | 'PRICE_TOLERANCE'
  /** Nothing on the restricted list may be traded. Built in, as BLOCK. */
  | 'RESTRICTED_LIST'
  /** Cash of the trade's currency must not fall below zero. Built in, as BLOCK. */
  | 'SUFFICIENT_CASH'
  /** UCITS 5/10/40: no holding above 10 % of net assets, and those above 5 % together not above 40 %. */
  | 'UCITS_5_10_40';

export type RuleParametersInput = {
  /** For ALLOWED_ASSET_CLASSES: EQUITY, INDEX, FUND, BOND, CASH, FX, OTHER. */
  readonly assetClasses?: ReadonlyArray<string> | null | undefined;
  /** For MAX_TRADE_NOTIONAL and APPROVAL_ABOVE_NOTIONAL. */
  readonly limit?: MoneyInput | null | undefined;
  /** For PRICE_TOLERANCE: 1 to 60 days; 7 where it is left out. */
  readonly maxAgeDays?: number | null | undefined;
  /** For MAX_POSITION_WEIGHT: more than 0, at most 1. */
  readonly maxWeight?: number | null | undefined;
  /** For PRICE_TOLERANCE: more than 0, at most 1. */
  readonly tolerance?: number | null | undefined;
};

export type RuleSeverity =
  /** A trade that breaks it is rejected. */
  | 'BLOCK'
  /** It waits for approval. */
  | 'NEEDS_APPROVAL'
  /** It is noted. */
  | 'WARN';

export type SetRestrictedListInput = {
  /** At most 10,000. */
  readonly instrumentIds: ReadonlyArray<string>;
  readonly reason?: string | null | undefined;
};

/** Which trades are to settle. */
export type SettleDueInput = {
  /** Settles what is contractually due on this day or before it; at most ten days ahead of today. */
  readonly asOf: string;
  /** Only this portfolio's trades. */
  readonly portfolioId?: string | null | undefined;
};

/** How far a trade's settlement has come. */
export type SettlementStatus =
  /** It has failed for so long that the securities are to be bought elsewhere (`executeBuyIn`). */
  | 'BUYING_IN'
  /** The trade was taken back. */
  | 'CANCELLED'
  /** It was tried and failed; it may be retried. */
  | 'FAILED'
  /** Booked, and not settled yet. */
  | 'PENDING'
  /** Cash and securities have changed hands. */
  | 'SETTLED';

/** How paths are made. */
export type SimulationModel =
  /** Runs of ten days drawn whole from the history, for all instruments at once. */
  | 'BLOCK_BOOTSTRAP'
  /** Correlated normal log returns with the drift and covariance of the history. */
  | 'GEOMETRIC_BROWNIAN';

/** Where a simulation stands. */
export type SimulationStatus =
  | 'CANCELLED'
  | 'COMPLETED'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING';

/** What to simulate. */
export type StartSimulationInput = {
  /** Trading days, 1 to 2,600. */
  readonly horizonDays?: number | null | undefined;
  /** The same key again returns the first simulation; with other content it is refused. */
  readonly idempotencyKey: string;
  readonly model?: SimulationModel | null | undefined;
  /** 1 to 200,000. */
  readonly paths?: number | null | undefined;
  readonly portfolioId: string;
  /** Any integer; without it one is chosen. */
  readonly seed?: number | null | undefined;
};

export type TradeEventKind =
  | 'AMENDED'
  | 'BOOKED'
  | 'CANCELLED'
  | 'CAPTURED'
  | 'PENDING_APPROVAL'
  | 'REJECTED'
  | 'SETTLED'
  /** A settlement attempt failed; the trade stays booked and is tried again. */
  | 'SETTLEMENT_FAILED'
  /** The custodian has taken the delivery back: the trade is booked again, and may settle again. */
  | 'SETTLEMENT_REVERSED'
  | 'VALIDATED';

/** All that is given must hold. */
export type TradeFilter = {
  readonly externalId?: string | null | undefined;
  /** Agreed on this day or later. */
  readonly from?: string | null | undefined;
  readonly instrumentId?: string | null | undefined;
  readonly side?: TradeSide | null | undefined;
  /** Any of these. */
  readonly status?: ReadonlyArray<TradeStatus> | null | undefined;
  /** Agreed on this day or earlier. */
  readonly to?: string | null | undefined;
};

export type TradeSide =
  | 'BUY'
  | 'SELL';

/** Where a trade stands. It moves CAPTURED, VALIDATED, BOOKED, SETTLED; back from SETTLED to BOOKED where the custodian has taken the delivery back. */
export type TradeStatus =
  /** In the books. */
  | 'BOOKED'
  /** Ended; what it posted is reversed. Final. */
  | 'CANCELLED'
  /** Recorded, not yet checked. */
  | 'CAPTURED'
  /** Checked; waits for somebody else's approval. */
  | 'PENDING_APPROVAL'
  /** Refused by a rule or by a person. Final. */
  | 'REJECTED'
  /** Cash and securities have changed hands. */
  | 'SETTLED'
  /** Checked and allowed; about to be booked. */
  | 'VALIDATED';

/** How a version came about. */
export type TradeVersionKind =
  | 'AMENDMENT'
  | 'CANCELLATION'
  | 'CAPTURE';

export type UpdateComplianceRuleInput = {
  readonly enabled?: boolean | null | undefined;
  readonly name?: string | null | undefined;
  /** Replaces all parameters. */
  readonly parameters?: RuleParametersInput | null | undefined;
  readonly reason?: string | null | undefined;
  readonly ruleId: string;
  readonly severity?: RuleSeverity | null | undefined;
};

export type UserErrorCode =
  /** The thing is in a state that does not allow this. */
  | 'CONFLICT'
  /** The same key was used before with another content. */
  | 'IDEMPOTENCY_CONFLICT'
  /** There is less cash than the request needs. */
  | 'INSUFFICIENT_FUNDS'
  /** A value of the input cannot be used; `path` says which. */
  | 'INVALID'
  /** No exchange rate is known for what the input asks, or the last one published is too old. */
  | 'MISSING_RATE'
  /** What the input names does not exist, or is another organisation's. */
  | 'NOT_FOUND'
  /** Allowed in general, and not to you in this case (a maker may not be the checker). */
  | 'NOT_PERMITTED';

/** How value at risk is found. */
export type ValueAtRiskMethod =
  /** The normal quantile corrected for skewness and kurtosis. */
  | 'CORNISH_FISHER'
  /** A normal distribution with the mean and deviation of those days. */
  | 'GAUSSIAN'
  /** Today's holdings through the price changes of each past day; the loss at the quantile. Longer horizons by the square root of time. */
  | 'HISTORICAL';

/** What is taken out. */
export type WithdrawCashInput = {
  /** Positive, in whole minor units of the currency. */
  readonly amount: MoneyInput;
  /** The day from which it counts; today unless given, and never later than today. */
  readonly effectiveDate?: string | null | undefined;
  /** The same key again returns the first result and writes nothing. */
  readonly idempotencyKey: string;
  /** The portfolio that pays it. */
  readonly portfolioId: string;
  /** Why, for the audit trail. */
  readonly reason?: string | null | undefined;
};

export type AuditEntryFieldsFragment = { readonly seq: number, readonly action: string, readonly actor: string, readonly at: string, readonly reason: string | null, readonly subjects: ReadonlyArray<string>, readonly correlationId: string, readonly causationId: string | null, readonly previousHash: string, readonly hash: string };

export type AuditTrailQueryVariables = Exact<{
  filter?: AuditFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type AuditTrailQuery = { readonly auditTrail: { readonly edges: ReadonlyArray<{ readonly cursor: string, readonly node: { readonly seq: number, readonly action: string, readonly actor: string, readonly at: string, readonly reason: string | null, readonly subjects: ReadonlyArray<string>, readonly correlationId: string, readonly causationId: string | null, readonly previousHash: string, readonly hash: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly hasPreviousPage: boolean, readonly startCursor: string | null, readonly endCursor: string | null } } };

export type AuditTrailOfTradeQueryVariables = Exact<{
  tradeId: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type AuditTrailOfTradeQuery = { readonly trade: { readonly id: string, readonly auditTrail: { readonly edges: ReadonlyArray<{ readonly node: { readonly seq: number, readonly action: string, readonly actor: string, readonly at: string, readonly reason: string | null, readonly subjects: ReadonlyArray<string>, readonly correlationId: string, readonly causationId: string | null, readonly previousHash: string, readonly hash: string } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type VerifyAuditTrailQueryVariables = Exact<{
  from?: string | null | undefined;
  to?: string | null | undefined;
}>;


export type VerifyAuditTrailQuery = { readonly verifyAuditTrail: { readonly valid: boolean, readonly entries: number, readonly firstBroken: number | null, readonly problem: AuditProblem | null, readonly merkleRoot: string } };

export type DepositCashMutationVariables = Exact<{
  input: DepositCashInput;
}>;


export type DepositCashMutation = { readonly depositCash: { readonly cash: { readonly currency: string, readonly balance: { readonly amount: string, readonly currency: string } } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type WithdrawCashMutationVariables = Exact<{
  input: WithdrawCashInput;
}>;


export type WithdrawCashMutation = { readonly withdrawCash: { readonly cash: { readonly currency: string, readonly balance: { readonly amount: string, readonly currency: string } } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type SettleDueMutationVariables = Exact<{
  input: SettleDueInput;
}>;


export type SettleDueMutation = { readonly settleDue: { readonly settled: number | null, readonly failed: number | null, readonly more: boolean | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type RetrySettlementMutationVariables = Exact<{
  input: RetrySettlementInput;
}>;


export type RetrySettlementMutation = { readonly retrySettlement: { readonly settlement: { readonly status: SettlementStatus, readonly contractualDate: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type BooksQueryVariables = Exact<{
  portfolioId: string;
  asOf?: string | null | undefined;
  knownAt?: string | null | undefined;
}>;


export type BooksQuery = { readonly portfolio: { readonly id: string, readonly positions: ReadonlyArray<{ readonly quantity: string, readonly instrument: { readonly id: string, readonly symbol: string }, readonly averageCost: { readonly amount: string, readonly currency: string }, readonly costBasis: { readonly amount: string, readonly currency: string }, readonly realizedPnl: { readonly amount: string, readonly currency: string }, readonly lots: ReadonlyArray<{ readonly openedOn: string, readonly quantity: string, readonly unitCost: { readonly amount: string, readonly currency: string } }> }>, readonly cash: ReadonlyArray<{ readonly currency: string, readonly balance: { readonly amount: string, readonly currency: string }, readonly settled: { readonly amount: string, readonly currency: string } }> } | null };

export type CheckFieldsFragment = { readonly rule: string, readonly kind: RuleKind, readonly outcome: CheckOutcome, readonly message: string, readonly inputs: unknown };

export type CheckTradeQueryVariables = Exact<{
  input: CheckTradeInput;
}>;


export type CheckTradeQuery = { readonly checkTrade: { readonly outcome: DecisionOutcome, readonly checks: ReadonlyArray<{ readonly rule: string, readonly kind: RuleKind, readonly outcome: CheckOutcome, readonly message: string, readonly inputs: unknown }> } };

export type ComplianceRulesQueryVariables = Exact<{
  portfolioId?: string | null | undefined;
}>;


export type ComplianceRulesQuery = { readonly complianceRules: ReadonlyArray<{ readonly id: string, readonly name: string, readonly kind: RuleKind, readonly severity: RuleSeverity, readonly enabled: boolean, readonly builtIn: boolean, readonly parameters: { readonly maxWeight: number | null, readonly tolerance: number | null, readonly maxAgeDays: number | null, readonly assetClasses: ReadonlyArray<string> | null, readonly limit: { readonly amount: string, readonly currency: string } | null } }> };

export type CreateComplianceRuleMutationVariables = Exact<{
  input: CreateComplianceRuleInput;
}>;


export type CreateComplianceRuleMutation = { readonly createComplianceRule: { readonly rule: { readonly id: string, readonly name: string, readonly kind: RuleKind, readonly severity: RuleSeverity, readonly enabled: boolean } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type UpdateComplianceRuleMutationVariables = Exact<{
  input: UpdateComplianceRuleInput;
}>;


export type UpdateComplianceRuleMutation = { readonly updateComplianceRule: { readonly rule: { readonly id: string, readonly name: string, readonly kind: RuleKind, readonly severity: RuleSeverity, readonly enabled: boolean } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type SetRestrictedListMutationVariables = Exact<{
  input: SetRestrictedListInput;
}>;


export type SetRestrictedListMutation = { readonly setRestrictedList: { readonly restrictedList: ReadonlyArray<{ readonly setBy: string, readonly setAt: string, readonly instrument: { readonly id: string, readonly symbol: string } }> | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type ApproveTradeMutationVariables = Exact<{
  input: ApproveTradeInput;
}>;


export type ApproveTradeMutation = { readonly approveTrade: { readonly trade: { readonly id: string, readonly version: number, readonly status: TradeStatus } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type RejectTradeMutationVariables = Exact<{
  input: RejectTradeInput;
}>;


export type RejectTradeMutation = { readonly rejectTrade: { readonly trade: { readonly id: string, readonly version: number, readonly status: TradeStatus } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type TradeChecksQueryVariables = Exact<{
  id: string;
}>;


export type TradeChecksQuery = { readonly trade: { readonly id: string, readonly status: TradeStatus, readonly checks: ReadonlyArray<{ readonly rule: string, readonly kind: RuleKind, readonly outcome: CheckOutcome, readonly message: string, readonly inputs: unknown }>, readonly decision: { readonly version: number, readonly outcome: DecisionOutcome, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly comment: string | null } | null } | null };

export type BreachesQueryVariables = Exact<{
  filter?: BreachFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BreachesQuery = { readonly breaches: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly kind: RuleKind, readonly outcome: CheckOutcome, readonly rule: string, readonly message: string, readonly at: string, readonly portfolio: { readonly id: string, readonly name: string }, readonly trade: { readonly id: string, readonly externalId: string | null } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly id: string, readonly kind: PrincipalKind, readonly roles: ReadonlyArray<Role>, readonly scopes: ReadonlyArray<string>, readonly expiresAt: string, readonly organization: { readonly id: string, readonly name: string } } };

export type CreateUserMutationVariables = Exact<{
  input: CreateUserInput;
}>;


export type CreateUserMutation = { readonly createUser: { readonly initialPassword: string | null, readonly user: { readonly id: string, readonly displayName: string, readonly email: string | null, readonly roles: ReadonlyArray<Role> } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type CreateServiceClientMutationVariables = Exact<{
  input: CreateServiceClientInput;
}>;


export type CreateServiceClientMutation = { readonly createServiceClient: { readonly secret: string | null, readonly serviceClient: { readonly id: string, readonly clientId: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type ImportTradesMutationVariables = Exact<{
  input: ImportTradesInput;
}>;


export type ImportTradesMutation = { readonly importTrades: { readonly rows: number | null, readonly captured: number | null, readonly duplicates: number | null, readonly problemCount: number | null, readonly bookings: ReadonlyArray<{ readonly row: number, readonly externalId: string, readonly outcome: ImportOutcome, readonly bookedBy: string | null, readonly instrument: { readonly id: string } | null, readonly cashEffect: { readonly amount: string, readonly currency: string } }> | null, readonly positionChanges: ReadonlyArray<{ readonly quantity: string, readonly instrument: { readonly id: string, readonly symbol: string } }> | null, readonly problems: ReadonlyArray<{ readonly row: number, readonly column: string, readonly reason: string }>, readonly warnings: ReadonlyArray<{ readonly row: number, readonly column: string, readonly reason: string }>, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type ImportTargetQueryVariables = Exact<{
  portfolioId: string;
}>;


export type ImportTargetQuery = { readonly portfolio: { readonly id: string, readonly name: string, readonly positions: ReadonlyArray<{ readonly quantity: string, readonly currency: string, readonly instrument: { readonly id: string, readonly symbol: string } }>, readonly cash: ReadonlyArray<{ readonly currency: string, readonly balance: { readonly amount: string } }> } | null };

export type ImportTargetsNamedQueryVariables = Exact<{
  name: string;
}>;


export type ImportTargetsNamedQuery = { readonly portfolios: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string } }> } };

export type UndecidedTradesQueryVariables = Exact<{
  portfolioId: string;
}>;


export type UndecidedTradesQuery = { readonly portfolio: { readonly trades: { readonly edges: ReadonlyArray<{ readonly cursor: string }> } } | null };

export type StoppedTradesQueryVariables = Exact<{
  portfolioId: string;
  after?: string | null | undefined;
}>;


export type StoppedTradesQuery = { readonly portfolio: { readonly trades: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly externalId: string | null, readonly status: TradeStatus } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type CashBookedQueryVariables = Exact<{
  portfolioId: string;
  keys: ReadonlyArray<string> | string;
}>;


export type CashBookedQuery = { readonly portfolio: { readonly cashBooked: ReadonlyArray<string> } | null };

export type BookCashItemMutationVariables = Exact<{
  input: BookCashItemInput;
}>;


export type BookCashItemMutation = { readonly bookCashItem: { readonly cash: { readonly currency: string, readonly balance: { readonly amount: string, readonly currency: string } } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type ImportFxRateQueryVariables = Exact<{
  base: string;
  quote: string;
  on: string;
}>;


export type ImportFxRateQuery = { readonly fxRate: { readonly rate: string, readonly date: string } };

export type InstrumentFieldsFragment = { readonly id: string, readonly symbol: string, readonly name: string, readonly assetClass: AssetClass, readonly currency: string, readonly mic: string | null };

export type InstrumentsQueryVariables = Exact<{
  filter?: InstrumentFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type InstrumentsQuery = { readonly instruments: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly symbol: string, readonly name: string, readonly assetClass: AssetClass, readonly currency: string, readonly mic: string | null, readonly quote: { readonly last: string, readonly time: string, readonly simulated: boolean } | null } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type PriceHistoryQueryVariables = Exact<{
  instrumentId: string;
  from: string;
  to: string;
}>;


export type PriceHistoryQuery = { readonly instrument: { readonly id: string, readonly symbol: string, readonly name: string, readonly assetClass: AssetClass, readonly currency: string, readonly mic: string | null, readonly priceHistory: ReadonlyArray<{ readonly date: string, readonly close: string, readonly simulated: boolean }> } | null };

export type CreateInstrumentMutationVariables = Exact<{
  input: CreateInstrumentInput;
}>;


export type CreateInstrumentMutation = { readonly createInstrument: { readonly instrument: { readonly id: string, readonly symbol: string, readonly name: string, readonly assetClass: AssetClass, readonly currency: string, readonly mic: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type IngestQuotesMutationVariables = Exact<{
  input: IngestQuotesInput;
}>;


export type IngestQuotesMutation = { readonly ingestQuotes: { readonly accepted: number | null, readonly outdated: number | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type ImportPricesMutationVariables = Exact<{
  input: ImportPricesInput;
}>;


export type ImportPricesMutation = { readonly importPrices: { readonly recorded: number | null, readonly unchanged: number | null, readonly layout: PriceLayout | null, readonly withoutPrice: ReadonlyArray<{ readonly row: number, readonly column: string, readonly reason: string }>, readonly problems: ReadonlyArray<{ readonly row: number, readonly column: string, readonly reason: string }>, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type QuotesSubscriptionVariables = Exact<{
  instrumentIds: ReadonlyArray<string> | string;
}>;


export type QuotesSubscription = { readonly quotes: { readonly last: string, readonly currency: string, readonly time: string, readonly simulated: boolean, readonly instrument: { readonly id: string, readonly symbol: string } } };

export type LeaderboardQueryVariables = Exact<{
  metric: LeaderboardMetric;
  window: LeaderboardWindow;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type LeaderboardQuery = { readonly leaderboard: { readonly edges: ReadonlyArray<{ readonly node: { readonly portfolio: { readonly id: string, readonly name: string }, readonly rank: { readonly position: number, readonly of: number, readonly percentile: number, readonly value: number } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type RankOfPortfolioQueryVariables = Exact<{
  portfolioId: string;
  metric: LeaderboardMetric;
  window: LeaderboardWindow;
}>;


export type RankOfPortfolioQuery = { readonly portfolio: { readonly id: string, readonly rank: { readonly position: number, readonly of: number, readonly percentile: number, readonly value: number } | null } | null };

export type LeaderboardChangedSubscriptionVariables = Exact<{
  metric: LeaderboardMetric;
  window: LeaderboardWindow;
  first?: number | null | undefined;
}>;


export type LeaderboardChangedSubscription = { readonly leaderboardChanged: { readonly at: string, readonly entries: ReadonlyArray<{ readonly portfolio: { readonly id: string, readonly name: string }, readonly rank: { readonly position: number, readonly of: number, readonly value: number } }> } };

export type ValuationQueryVariables = Exact<{
  portfolioId: string;
  asOf?: string | null | undefined;
}>;


export type ValuationQuery = { readonly portfolio: { readonly id: string, readonly valuation: { readonly at: string, readonly simulated: boolean, readonly marketValue: { readonly amount: string, readonly currency: string }, readonly unrealizedPnl: { readonly amount: string, readonly currency: string }, readonly realizedPnl: { readonly amount: string, readonly currency: string }, readonly dayPnl: { readonly amount: string, readonly currency: string } } } | null };

export type PerformanceQueryVariables = Exact<{
  portfolioId: string;
  from?: string | null | undefined;
  to?: string | null | undefined;
}>;


export type PerformanceQuery = { readonly portfolio: { readonly id: string, readonly performance: { readonly from: string, readonly to: string, readonly timeWeightedReturn: number | null, readonly moneyWeightedReturn: number | null, readonly maxDrawdown: number | null, readonly volatility: number | null, readonly sharpe: number | null }, readonly risk: { readonly valueAtRisk: { readonly confidence: number, readonly horizonDays: number, readonly method: ValueAtRiskMethod, readonly amount: { readonly amount: string, readonly currency: string } } | null } } | null };

export type PortfolioPnlSubscriptionVariables = Exact<{
  portfolioId: string;
}>;


export type PortfolioPnlSubscription = { readonly portfolioPnl: { readonly at: string, readonly marketValue: { readonly amount: string, readonly currency: string }, readonly unrealizedPnl: { readonly amount: string, readonly currency: string }, readonly dayPnl: { readonly amount: string, readonly currency: string }, readonly portfolio: { readonly name: string, readonly investor: { readonly name: string } | null }, readonly positions: ReadonlyArray<{ readonly last: string, readonly instrument: { readonly symbol: string }, readonly marketValue: { readonly amount: string, readonly currency: string }, readonly unrealizedPnl: { readonly amount: string, readonly currency: string } }> } };

export type PortfolioFieldsFragment = { readonly id: string, readonly name: string, readonly baseCurrency: string, readonly lotMethod: LotMethod, readonly status: PortfolioStatus };

export type CreateInvestorMutationVariables = Exact<{
  input: CreateInvestorInput;
}>;


export type CreateInvestorMutation = { readonly createInvestor: { readonly investor: { readonly id: string, readonly name: string } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type CreatePortfolioMutationVariables = Exact<{
  input: CreatePortfolioInput;
}>;


export type CreatePortfolioMutation = { readonly createPortfolio: { readonly portfolio: { readonly id: string, readonly name: string, readonly baseCurrency: string, readonly lotMethod: LotMethod, readonly status: PortfolioStatus } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type PortfolioByIdQueryVariables = Exact<{
  id: string;
}>;


export type PortfolioByIdQuery = { readonly portfolio: { readonly id: string, readonly name: string, readonly baseCurrency: string, readonly lotMethod: LotMethod, readonly status: PortfolioStatus, readonly investor: { readonly id: string, readonly name: string } | null } | null };

export type PortfoliosQueryVariables = Exact<{
  filter?: PortfolioFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PortfoliosQuery = { readonly portfolios: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly name: string, readonly baseCurrency: string, readonly lotMethod: LotMethod, readonly status: PortfolioStatus } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } };

export type ImportCustodyStatementMutationVariables = Exact<{
  input: ImportCustodyStatementInput;
}>;


export type ImportCustodyStatementMutation = { readonly importCustodyStatement: { readonly added: number | null, readonly reconciliations: ReadonlyArray<{ readonly id: string, readonly account: string, readonly statedOn: string, readonly basis: CustodyBasis, readonly version: number, readonly format: CustodyStatementFormat, readonly matched: number, readonly differing: number, readonly portfolio: { readonly id: string, readonly name: string }, readonly lines: ReadonlyArray<{ readonly result: ReconciliationLineResult, readonly identifier: string | null, readonly description: string | null, readonly currency: string | null, readonly theirs: string, readonly ours: string, readonly difference: string, readonly instrument: { readonly id: string, readonly symbol: string } | null }> }> | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type SimulationFieldsFragment = { readonly id: string, readonly status: SimulationStatus, readonly progress: number, readonly model: SimulationModel, readonly paths: number, readonly horizonDays: number, readonly seed: number, readonly simulated: boolean, readonly failure: string | null };

export type StartSimulationMutationVariables = Exact<{
  input: StartSimulationInput;
}>;


export type StartSimulationMutation = { readonly startSimulation: { readonly simulation: { readonly id: string, readonly status: SimulationStatus, readonly progress: number, readonly model: SimulationModel, readonly paths: number, readonly horizonDays: number, readonly seed: number, readonly simulated: boolean, readonly failure: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type CancelSimulationMutationVariables = Exact<{
  input: CancelSimulationInput;
}>;


export type CancelSimulationMutation = { readonly cancelSimulation: { readonly simulation: { readonly id: string, readonly status: SimulationStatus, readonly progress: number, readonly model: SimulationModel, readonly paths: number, readonly horizonDays: number, readonly seed: number, readonly simulated: boolean, readonly failure: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type SimulationByIdQueryVariables = Exact<{
  id: string;
}>;


export type SimulationByIdQuery = { readonly simulation: { readonly id: string, readonly status: SimulationStatus, readonly progress: number, readonly model: SimulationModel, readonly paths: number, readonly horizonDays: number, readonly seed: number, readonly simulated: boolean, readonly failure: string | null, readonly portfolio: { readonly id: string, readonly name: string }, readonly result: { readonly probabilityOfLoss: number, readonly startValue: { readonly amount: string, readonly currency: string }, readonly meanTerminalValue: { readonly amount: string, readonly currency: string }, readonly quantiles: ReadonlyArray<{ readonly probability: number, readonly value: { readonly amount: string, readonly currency: string } }>, readonly risk: ReadonlyArray<{ readonly confidence: number, readonly valueAtRisk: { readonly amount: string, readonly currency: string }, readonly expectedShortfall: { readonly amount: string, readonly currency: string } }>, readonly fan: ReadonlyArray<{ readonly day: number, readonly low: { readonly amount: string }, readonly median: { readonly amount: string }, readonly high: { readonly amount: string } }> } | null } | null };

export type SimulationProgressSubscriptionVariables = Exact<{
  id: string;
}>;


export type SimulationProgressSubscription = { readonly simulationProgress: { readonly id: string, readonly status: SimulationStatus, readonly progress: number, readonly model: SimulationModel, readonly paths: number, readonly horizonDays: number, readonly seed: number, readonly simulated: boolean, readonly failure: string | null } };

export type TradeFieldsFragment = { readonly id: string, readonly version: number, readonly status: TradeStatus, readonly side: TradeSide, readonly quantity: string, readonly price: string, readonly currency: string, readonly tradeDate: string, readonly externalId: string | null };

export type CaptureTradeMutationVariables = Exact<{
  input: CaptureTradeInput;
}>;


export type CaptureTradeMutation = { readonly captureTrade: { readonly trade: { readonly id: string, readonly version: number, readonly status: TradeStatus, readonly side: TradeSide, readonly quantity: string, readonly price: string, readonly currency: string, readonly tradeDate: string, readonly externalId: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type CaptureTradesMutationVariables = Exact<{
  input: CaptureTradesInput;
}>;


export type CaptureTradesMutation = { readonly captureTrades: { readonly captured: number | null, readonly duplicates: number | null, readonly refused: number | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type AmendTradeMutationVariables = Exact<{
  input: AmendTradeInput;
}>;


export type AmendTradeMutation = { readonly amendTrade: { readonly trade: { readonly id: string, readonly version: number, readonly status: TradeStatus, readonly side: TradeSide, readonly quantity: string, readonly price: string, readonly currency: string, readonly tradeDate: string, readonly externalId: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type CancelTradeMutationVariables = Exact<{
  input: CancelTradeInput;
}>;


export type CancelTradeMutation = { readonly cancelTrade: { readonly trade: { readonly id: string, readonly version: number, readonly status: TradeStatus, readonly side: TradeSide, readonly quantity: string, readonly price: string, readonly currency: string, readonly tradeDate: string, readonly externalId: string | null } | null, readonly userErrors: ReadonlyArray<{ readonly code: UserErrorCode, readonly message: string, readonly path: ReadonlyArray<string> }> } };

export type TradeByIdQueryVariables = Exact<{
  id: string;
}>;


export type TradeByIdQuery = { readonly trade: { readonly id: string, readonly version: number, readonly status: TradeStatus, readonly side: TradeSide, readonly quantity: string, readonly price: string, readonly currency: string, readonly tradeDate: string, readonly externalId: string | null, readonly instrument: { readonly id: string, readonly symbol: string }, readonly portfolio: { readonly id: string, readonly name: string }, readonly settlement: { readonly status: SettlementStatus, readonly contractualDate: string } | null, readonly history: ReadonlyArray<{ readonly version: number, readonly kind: TradeVersionKind, readonly status: TradeStatus, readonly at: string, readonly by: string, readonly reason: string | null }> } | null };

export type TradesOfPortfolioQueryVariables = Exact<{
  portfolioId: string;
  filter?: TradeFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TradesOfPortfolioQuery = { readonly portfolio: { readonly id: string, readonly trades: { readonly edges: ReadonlyArray<{ readonly node: { readonly id: string, readonly version: number, readonly status: TradeStatus, readonly side: TradeSide, readonly quantity: string, readonly price: string, readonly currency: string, readonly tradeDate: string, readonly externalId: string | null, readonly instrument: { readonly id: string, readonly symbol: string } } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } } | null };

export type TradeEventsSubscriptionVariables = Exact<{
  portfolioId: string;
  after?: string | null | undefined;
}>;


export type TradeEventsSubscription = { readonly tradeEvents: { readonly id: string, readonly kind: TradeEventKind, readonly at: string, readonly trade: { readonly id: string, readonly status: TradeStatus, readonly side: TradeSide, readonly quantity: string, readonly instrument: { readonly symbol: string, readonly name: string }, readonly portfolio: { readonly name: string } } } };

export const AuditEntryFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AuditEntryFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AuditEntry"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"Field","name":{"kind":"Name","value":"action"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"subjects"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"causationId"}},{"kind":"Field","name":{"kind":"Name","value":"previousHash"}},{"kind":"Field","name":{"kind":"Name","value":"hash"}}]}}]} as unknown as DocumentNode<AuditEntryFieldsFragment, unknown>;
export const CheckFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CheckFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TradeCheck"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rule"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"inputs"}}]}}]} as unknown as DocumentNode<CheckFieldsFragment, unknown>;
export const InstrumentFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InstrumentFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Instrument"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"assetClass"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"mic"}}]}}]} as unknown as DocumentNode<InstrumentFieldsFragment, unknown>;
export const PortfolioFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PortfolioFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Portfolio"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"baseCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"lotMethod"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]} as unknown as DocumentNode<PortfolioFieldsFragment, unknown>;
export const SimulationFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SimulationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Simulation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"paths"}},{"kind":"Field","name":{"kind":"Name","value":"horizonDays"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}},{"kind":"Field","name":{"kind":"Name","value":"failure"}}]}}]} as unknown as DocumentNode<SimulationFieldsFragment, unknown>;
export const TradeFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TradeFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Trade"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"tradeDate"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]} as unknown as DocumentNode<TradeFieldsFragment, unknown>;
export const AuditTrailDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AuditTrail"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"AuditFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"auditTrail"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AuditEntryFields"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AuditEntryFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AuditEntry"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"Field","name":{"kind":"Name","value":"action"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"subjects"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"causationId"}},{"kind":"Field","name":{"kind":"Name","value":"previousHash"}},{"kind":"Field","name":{"kind":"Name","value":"hash"}}]}}]} as unknown as DocumentNode<AuditTrailQuery, AuditTrailQueryVariables>;
export const AuditTrailOfTradeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AuditTrailOfTrade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"tradeId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"tradeId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"auditTrail"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AuditEntryFields"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AuditEntryFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AuditEntry"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"Field","name":{"kind":"Name","value":"action"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"subjects"}},{"kind":"Field","name":{"kind":"Name","value":"correlationId"}},{"kind":"Field","name":{"kind":"Name","value":"causationId"}},{"kind":"Field","name":{"kind":"Name","value":"previousHash"}},{"kind":"Field","name":{"kind":"Name","value":"hash"}}]}}]} as unknown as DocumentNode<AuditTrailOfTradeQuery, AuditTrailOfTradeQueryVariables>;
export const VerifyAuditTrailDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"VerifyAuditTrail"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"to"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verifyAuditTrail"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"to"},"value":{"kind":"Variable","name":{"kind":"Name","value":"to"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"valid"}},{"kind":"Field","name":{"kind":"Name","value":"entries"}},{"kind":"Field","name":{"kind":"Name","value":"firstBroken"}},{"kind":"Field","name":{"kind":"Name","value":"problem"}},{"kind":"Field","name":{"kind":"Name","value":"merkleRoot"}}]}}]}}]} as unknown as DocumentNode<VerifyAuditTrailQuery, VerifyAuditTrailQueryVariables>;
export const DepositCashDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DepositCash"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DepositCashInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"depositCash"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cash"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"balance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<DepositCashMutation, DepositCashMutationVariables>;
export const WithdrawCashDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"WithdrawCash"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"WithdrawCashInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"withdrawCash"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cash"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"balance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<WithdrawCashMutation, WithdrawCashMutationVariables>;
export const SettleDueDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SettleDue"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SettleDueInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settleDue"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"}},{"kind":"Field","name":{"kind":"Name","value":"failed"}},{"kind":"Field","name":{"kind":"Name","value":"more"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<SettleDueMutation, SettleDueMutationVariables>;
export const RetrySettlementDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RetrySettlement"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RetrySettlementInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retrySettlement"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settlement"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"contractualDate"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<RetrySettlementMutation, RetrySettlementMutationVariables>;
export const BooksDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Books"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"asOf"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"knownAt"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"positions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"asOf"},"value":{"kind":"Variable","name":{"kind":"Name","value":"asOf"}}},{"kind":"Argument","name":{"kind":"Name","value":"knownAt"},"value":{"kind":"Variable","name":{"kind":"Name","value":"knownAt"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"averageCost"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"costBasis"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"realizedPnl"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"lots"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"openedOn"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"unitCost"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"cash"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"asOf"},"value":{"kind":"Variable","name":{"kind":"Name","value":"asOf"}}},{"kind":"Argument","name":{"kind":"Name","value":"knownAt"},"value":{"kind":"Variable","name":{"kind":"Name","value":"knownAt"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"balance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"settled"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}}]}}]} as unknown as DocumentNode<BooksQuery, BooksQueryVariables>;
export const CheckTradeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"CheckTrade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CheckTradeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"checkTrade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"checks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"CheckFields"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CheckFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TradeCheck"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rule"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"inputs"}}]}}]} as unknown as DocumentNode<CheckTradeQuery, CheckTradeQueryVariables>;
export const ComplianceRulesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ComplianceRules"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"complianceRules"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"portfolioId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"builtIn"}},{"kind":"Field","name":{"kind":"Name","value":"parameters"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"limit"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"maxWeight"}},{"kind":"Field","name":{"kind":"Name","value":"tolerance"}},{"kind":"Field","name":{"kind":"Name","value":"maxAgeDays"}},{"kind":"Field","name":{"kind":"Name","value":"assetClasses"}}]}}]}}]}}]} as unknown as DocumentNode<ComplianceRulesQuery, ComplianceRulesQueryVariables>;
export const CreateComplianceRuleDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateComplianceRule"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateComplianceRuleInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createComplianceRule"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rule"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateComplianceRuleMutation, CreateComplianceRuleMutationVariables>;
export const UpdateComplianceRuleDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateComplianceRule"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateComplianceRuleInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateComplianceRule"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rule"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"severity"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<UpdateComplianceRuleMutation, UpdateComplianceRuleMutationVariables>;
export const SetRestrictedListDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetRestrictedList"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetRestrictedListInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setRestrictedList"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"restrictedList"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"setBy"}},{"kind":"Field","name":{"kind":"Name","value":"setAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<SetRestrictedListMutation, SetRestrictedListMutationVariables>;
export const ApproveTradeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ApproveTrade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ApproveTradeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"approveTrade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<ApproveTradeMutation, ApproveTradeMutationVariables>;
export const RejectTradeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RejectTrade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RejectTradeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rejectTrade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<RejectTradeMutation, RejectTradeMutationVariables>;
export const TradeChecksDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TradeChecks"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"CheckFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"decision"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"decidedBy"}},{"kind":"Field","name":{"kind":"Name","value":"decidedAt"}},{"kind":"Field","name":{"kind":"Name","value":"comment"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CheckFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TradeCheck"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rule"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"inputs"}}]}}]} as unknown as DocumentNode<TradeChecksQuery, TradeChecksQueryVariables>;
export const BreachesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Breaches"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"BreachFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"breaches"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"rule"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"trade"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<BreachesQuery, BreachesQueryVariables>;
export const ViewerDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"roles"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"organization"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ViewerQuery, ViewerQueryVariables>;
export const CreateUserDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateUser"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateUserInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createUser"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"roles"}}]}},{"kind":"Field","name":{"kind":"Name","value":"initialPassword"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateUserMutation, CreateUserMutationVariables>;
export const CreateServiceClientDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateServiceClient"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateServiceClientInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createServiceClient"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"serviceClient"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"secret"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateServiceClientMutation, CreateServiceClientMutationVariables>;
export const ImportTradesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ImportTrades"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ImportTradesInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"importTrades"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"captured"}},{"kind":"Field","name":{"kind":"Name","value":"duplicates"}},{"kind":"Field","name":{"kind":"Name","value":"bookings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"row"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}},{"kind":"Field","name":{"kind":"Name","value":"bookedBy"}},{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cashEffect"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"positionChanges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}}]}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"row"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"problemCount"}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"row"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<ImportTradesMutation, ImportTradesMutationVariables>;
export const ImportTargetDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ImportTarget"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"positions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cash"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"balance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ImportTargetQuery, ImportTargetQueryVariables>;
export const ImportTargetsNamedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ImportTargetsNamed"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolios"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"nameContains"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ImportTargetsNamedQuery, ImportTargetsNamedQueryVariables>;
export const UndecidedTradesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"UndecidedTrades"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trades"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"status"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"CAPTURED"},{"kind":"EnumValue","value":"VALIDATED"}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}}]}}]}}]}}]}}]} as unknown as DocumentNode<UndecidedTradesQuery, UndecidedTradesQueryVariables>;
export const StoppedTradesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"StoppedTrades"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trades"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"status"},"value":{"kind":"ListValue","values":[{"kind":"EnumValue","value":"REJECTED"},{"kind":"EnumValue","value":"PENDING_APPROVAL"}]}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"200"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}}]} as unknown as DocumentNode<StoppedTradesQuery, StoppedTradesQueryVariables>;
export const CashBookedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"CashBooked"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"keys"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cashBooked"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"keys"},"value":{"kind":"Variable","name":{"kind":"Name","value":"keys"}}}]}]}}]}}]} as unknown as DocumentNode<CashBookedQuery, CashBookedQueryVariables>;
export const BookCashItemDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"BookCashItem"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"BookCashItemInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"bookCashItem"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cash"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"balance"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<BookCashItemMutation, BookCashItemMutationVariables>;
export const ImportFxRateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ImportFxRate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"base"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Currency"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"quote"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Currency"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"on"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fxRate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"base"},"value":{"kind":"Variable","name":{"kind":"Name","value":"base"}}},{"kind":"Argument","name":{"kind":"Name","value":"quote"},"value":{"kind":"Variable","name":{"kind":"Name","value":"quote"}}},{"kind":"Argument","name":{"kind":"Name","value":"on"},"value":{"kind":"Variable","name":{"kind":"Name","value":"on"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rate"}},{"kind":"Field","name":{"kind":"Name","value":"date"}}]}}]}}]} as unknown as DocumentNode<ImportFxRateQuery, ImportFxRateQueryVariables>;
export const InstrumentsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Instruments"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"InstrumentFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instruments"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"InstrumentFields"}},{"kind":"Field","name":{"kind":"Name","value":"quote"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"last"}},{"kind":"Field","name":{"kind":"Name","value":"time"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InstrumentFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Instrument"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"assetClass"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"mic"}}]}}]} as unknown as DocumentNode<InstrumentsQuery, InstrumentsQueryVariables>;
export const PriceHistoryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PriceHistory"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"instrumentId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"to"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"instrumentId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"InstrumentFields"}},{"kind":"Field","name":{"kind":"Name","value":"priceHistory"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"to"},"value":{"kind":"Variable","name":{"kind":"Name","value":"to"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"date"}},{"kind":"Field","name":{"kind":"Name","value":"close"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InstrumentFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Instrument"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"assetClass"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"mic"}}]}}]} as unknown as DocumentNode<PriceHistoryQuery, PriceHistoryQueryVariables>;
export const CreateInstrumentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateInstrument"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateInstrumentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createInstrument"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"InstrumentFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InstrumentFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Instrument"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"assetClass"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"mic"}}]}}]} as unknown as DocumentNode<CreateInstrumentMutation, CreateInstrumentMutationVariables>;
export const IngestQuotesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngestQuotes"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"IngestQuotesInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ingestQuotes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accepted"}},{"kind":"Field","name":{"kind":"Name","value":"outdated"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<IngestQuotesMutation, IngestQuotesMutationVariables>;
export const ImportPricesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ImportPrices"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ImportPricesInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"importPrices"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"recorded"}},{"kind":"Field","name":{"kind":"Name","value":"unchanged"}},{"kind":"Field","name":{"kind":"Name","value":"layout"}},{"kind":"Field","name":{"kind":"Name","value":"withoutPrice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"row"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"problems"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"row"}},{"kind":"Field","name":{"kind":"Name","value":"column"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<ImportPricesMutation, ImportPricesMutationVariables>;
export const QuotesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Quotes"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"instrumentIds"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"quotes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"instrumentIds"},"value":{"kind":"Variable","name":{"kind":"Name","value":"instrumentIds"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"last"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"time"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}}]}}]}}]} as unknown as DocumentNode<QuotesSubscription, QuotesSubscriptionVariables>;
export const LeaderboardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Leaderboard"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"metric"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LeaderboardMetric"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"window"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LeaderboardWindow"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"leaderboard"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"metric"},"value":{"kind":"Variable","name":{"kind":"Name","value":"metric"}}},{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"Variable","name":{"kind":"Name","value":"window"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"rank"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"of"}},{"kind":"Field","name":{"kind":"Name","value":"percentile"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<LeaderboardQuery, LeaderboardQueryVariables>;
export const RankOfPortfolioDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RankOfPortfolio"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"metric"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LeaderboardMetric"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"window"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LeaderboardWindow"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"rank"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"metric"},"value":{"kind":"Variable","name":{"kind":"Name","value":"metric"}}},{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"Variable","name":{"kind":"Name","value":"window"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"of"}},{"kind":"Field","name":{"kind":"Name","value":"percentile"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}}]}}]} as unknown as DocumentNode<RankOfPortfolioQuery, RankOfPortfolioQueryVariables>;
export const LeaderboardChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"LeaderboardChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"metric"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LeaderboardMetric"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"window"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LeaderboardWindow"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"leaderboardChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"metric"},"value":{"kind":"Variable","name":{"kind":"Name","value":"metric"}}},{"kind":"Argument","name":{"kind":"Name","value":"window"},"value":{"kind":"Variable","name":{"kind":"Name","value":"window"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"entries"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"rank"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"position"}},{"kind":"Field","name":{"kind":"Name","value":"of"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}}]}}]}}]} as unknown as DocumentNode<LeaderboardChangedSubscription, LeaderboardChangedSubscriptionVariables>;
export const ValuationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Valuation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"asOf"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"valuation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"asOf"},"value":{"kind":"Variable","name":{"kind":"Name","value":"asOf"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}},{"kind":"Field","name":{"kind":"Name","value":"marketValue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"unrealizedPnl"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"realizedPnl"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dayPnl"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ValuationQuery, ValuationQueryVariables>;
export const PerformanceDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Performance"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"from"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"to"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Date"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"performance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"from"},"value":{"kind":"Variable","name":{"kind":"Name","value":"from"}}},{"kind":"Argument","name":{"kind":"Name","value":"to"},"value":{"kind":"Variable","name":{"kind":"Name","value":"to"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"from"}},{"kind":"Field","name":{"kind":"Name","value":"to"}},{"kind":"Field","name":{"kind":"Name","value":"timeWeightedReturn"}},{"kind":"Field","name":{"kind":"Name","value":"moneyWeightedReturn"}},{"kind":"Field","name":{"kind":"Name","value":"maxDrawdown"}},{"kind":"Field","name":{"kind":"Name","value":"volatility"}},{"kind":"Field","name":{"kind":"Name","value":"sharpe"}}]}},{"kind":"Field","name":{"kind":"Name","value":"risk"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"valueAtRisk"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"confidence"}},{"kind":"Field","name":{"kind":"Name","value":"horizonDays"}},{"kind":"Field","name":{"kind":"Name","value":"method"}},{"kind":"Field","name":{"kind":"Name","value":"amount"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<PerformanceQuery, PerformanceQueryVariables>;
export const PortfolioPnlDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"PortfolioPnl"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolioPnl"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"portfolioId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"marketValue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"unrealizedPnl"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dayPnl"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"investor"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"positions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"last"}},{"kind":"Field","name":{"kind":"Name","value":"marketValue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"unrealizedPnl"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}}]}}]}}]} as unknown as DocumentNode<PortfolioPnlSubscription, PortfolioPnlSubscriptionVariables>;
export const CreateInvestorDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateInvestor"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateInvestorInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createInvestor"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"investor"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateInvestorMutation, CreateInvestorMutationVariables>;
export const CreatePortfolioDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreatePortfolio"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreatePortfolioInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createPortfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PortfolioFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PortfolioFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Portfolio"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"baseCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"lotMethod"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]} as unknown as DocumentNode<CreatePortfolioMutation, CreatePortfolioMutationVariables>;
export const PortfolioByIdDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PortfolioById"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PortfolioFields"}},{"kind":"Field","name":{"kind":"Name","value":"investor"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PortfolioFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Portfolio"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"baseCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"lotMethod"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]} as unknown as DocumentNode<PortfolioByIdQuery, PortfolioByIdQueryVariables>;
export const PortfoliosDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Portfolios"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"PortfolioFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolios"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PortfolioFields"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PortfolioFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Portfolio"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"baseCurrency"}},{"kind":"Field","name":{"kind":"Name","value":"lotMethod"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]} as unknown as DocumentNode<PortfoliosQuery, PortfoliosQueryVariables>;
export const ImportCustodyStatementDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ImportCustodyStatement"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ImportCustodyStatementInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"importCustodyStatement"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"added"}},{"kind":"Field","name":{"kind":"Name","value":"reconciliations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"account"}},{"kind":"Field","name":{"kind":"Name","value":"statedOn"}},{"kind":"Field","name":{"kind":"Name","value":"basis"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"matched"}},{"kind":"Field","name":{"kind":"Name","value":"differing"}},{"kind":"Field","name":{"kind":"Name","value":"lines"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"onlyDiffering"},"value":{"kind":"BooleanValue","value":true}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"result"}},{"kind":"Field","name":{"kind":"Name","value":"identifier"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"theirs"}},{"kind":"Field","name":{"kind":"Name","value":"ours"}},{"kind":"Field","name":{"kind":"Name","value":"difference"}},{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<ImportCustodyStatementMutation, ImportCustodyStatementMutationVariables>;
export const StartSimulationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"StartSimulation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"StartSimulationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startSimulation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"simulation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SimulationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SimulationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Simulation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"paths"}},{"kind":"Field","name":{"kind":"Name","value":"horizonDays"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}},{"kind":"Field","name":{"kind":"Name","value":"failure"}}]}}]} as unknown as DocumentNode<StartSimulationMutation, StartSimulationMutationVariables>;
export const CancelSimulationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelSimulation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelSimulationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelSimulation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"simulation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SimulationFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SimulationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Simulation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"paths"}},{"kind":"Field","name":{"kind":"Name","value":"horizonDays"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}},{"kind":"Field","name":{"kind":"Name","value":"failure"}}]}}]} as unknown as DocumentNode<CancelSimulationMutation, CancelSimulationMutationVariables>;
export const SimulationByIdDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"SimulationById"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"simulation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SimulationFields"}},{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"result"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startValue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"meanTerminalValue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"probabilityOfLoss"}},{"kind":"Field","name":{"kind":"Name","value":"quantiles"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"probability"}},{"kind":"Field","name":{"kind":"Name","value":"value"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"risk"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"confidence"}},{"kind":"Field","name":{"kind":"Name","value":"valueAtRisk"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}},{"kind":"Field","name":{"kind":"Name","value":"expectedShortfall"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"fan"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"day"}},{"kind":"Field","name":{"kind":"Name","value":"low"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"median"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"high"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amount"}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SimulationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Simulation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"paths"}},{"kind":"Field","name":{"kind":"Name","value":"horizonDays"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}},{"kind":"Field","name":{"kind":"Name","value":"failure"}}]}}]} as unknown as DocumentNode<SimulationByIdQuery, SimulationByIdQueryVariables>;
export const SimulationProgressDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"SimulationProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"simulationProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SimulationFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SimulationFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Simulation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"model"}},{"kind":"Field","name":{"kind":"Name","value":"paths"}},{"kind":"Field","name":{"kind":"Name","value":"horizonDays"}},{"kind":"Field","name":{"kind":"Name","value":"seed"}},{"kind":"Field","name":{"kind":"Name","value":"simulated"}},{"kind":"Field","name":{"kind":"Name","value":"failure"}}]}}]} as unknown as DocumentNode<SimulationProgressSubscription, SimulationProgressSubscriptionVariables>;
export const CaptureTradeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CaptureTrade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CaptureTradeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"captureTrade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TradeFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TradeFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Trade"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"tradeDate"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]} as unknown as DocumentNode<CaptureTradeMutation, CaptureTradeMutationVariables>;
export const CaptureTradesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CaptureTrades"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CaptureTradesInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"captureTrades"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"captured"}},{"kind":"Field","name":{"kind":"Name","value":"duplicates"}},{"kind":"Field","name":{"kind":"Name","value":"refused"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CaptureTradesMutation, CaptureTradesMutationVariables>;
export const AmendTradeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AmendTrade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AmendTradeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"amendTrade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TradeFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TradeFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Trade"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"tradeDate"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]} as unknown as DocumentNode<AmendTradeMutation, AmendTradeMutationVariables>;
export const CancelTradeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelTrade"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelTradeInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelTrade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TradeFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TradeFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Trade"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"tradeDate"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]} as unknown as DocumentNode<CancelTradeMutation, CancelTradeMutationVariables>;
export const TradeByIdDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TradeById"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trade"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TradeFields"}},{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}},{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"settlement"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"contractualDate"}}]}},{"kind":"Field","name":{"kind":"Name","value":"history"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"by"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TradeFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Trade"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"tradeDate"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]} as unknown as DocumentNode<TradeByIdQuery, TradeByIdQueryVariables>;
export const TradesOfPortfolioDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TradesOfPortfolio"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"TradeFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"trades"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TradeFields"}},{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"symbol"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TradeFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Trade"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"price"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"tradeDate"}},{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]} as unknown as DocumentNode<TradesOfPortfolioQuery, TradesOfPortfolioQueryVariables>;
export const TradeEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"TradeEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tradeEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"portfolioId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"portfolioId"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"trade"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"side"}},{"kind":"Field","name":{"kind":"Name","value":"quantity"}},{"kind":"Field","name":{"kind":"Name","value":"instrument"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"symbol"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"portfolio"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]}}]} as unknown as DocumentNode<TradeEventsSubscription, TradeEventsSubscriptionVariables>;
