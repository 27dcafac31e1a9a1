/** What is kept, as it goes in and comes out. */
import type { Effect, Told } from '../domain/book.ts';
import type { Breach } from '../domain/breach.ts';
import type { Check } from '../domain/check.ts';
import type { DecisionOutcome } from '../domain/decision.ts';

export interface LockedPortfolio {
  readonly id: string;
  readonly organizationId: string;
  readonly baseCurrency: string;
}

export interface CheckRun {
  readonly id: string;
  readonly tradeId: string;
  readonly version: number;
  readonly occasion: 'CAPTURE' | 'APPROVAL';
  readonly outcome: DecisionOutcome;
  readonly checks: readonly Check[];
  readonly breaches: readonly Pick<Breach, 'id' | 'ruleId' | 'rule' | 'kind' | 'outcome' | 'message'>[];
}

export interface NewDecision {
  readonly tradeId: string;
  readonly version: number;
  readonly outcome: DecisionOutcome;
  readonly facts: Told;
  readonly maker: string;
}

export interface StandingDecision {
  readonly tradeId: string;
  readonly version: number;
  readonly outcome: DecisionOutcome;
  readonly facts: Told;
  readonly maker: string;
  readonly decidedBy: string | null;
}

export interface Ruling {
  readonly tradeId: string;
  readonly version: number;
  readonly outcome: DecisionOutcome;
  readonly decidedBy: string | null;
  readonly comment: string | null;
}

export interface Commitment extends Effect {
  readonly tradeId: string;
  readonly version: number;
}

export interface AskedClose {
  readonly instrumentId: string;
  /** ISO 8601 day. */
  readonly day: string;
}
