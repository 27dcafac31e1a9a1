/** What a run remembers of what it asked: the history that is judged. Times are milliseconds of this process' own clock, which never goes back. */

/** What is known of a mutation when the run has ended: refused is only what was never sent before with an unknown end. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown';

export type Kind = 'createPortfolio' | 'deposit' | 'withdraw' | 'capture' | 'amend' | 'cancel' | 'rename';

export interface Write {
  readonly kind: Kind;
  /** The idempotency key, or the external id: unique in the run. */
  readonly key: string;
  /** Who asked: a worker's name. */
  readonly by: string;
  /** The portfolio or the trade that it is about; of what creates, the new one once that is known. */
  readonly object: string;
  /** Cents of a deposit, the number in a name, the quantity of a trade. */
  readonly value: number;
  readonly invokedAt: number;
  /** Null while it was never answered. */
  readonly completedAt: number | null;
  readonly outcome: Outcome;
  /** How often it was sent. */
  readonly attempts: number;
  /** Whether the platform must refuse it. */
  readonly wrong: boolean;
  /** Of a refusal. */
  readonly code: string | null;
}

export type Register = 'cash' | 'name' | 'versions';

export interface Read {
  readonly register: Register;
  readonly by: string;
  readonly object: string;
  /** Cents, the number in a name, or the quantities of all versions in order. */
  readonly value: number | readonly number[];
  readonly invokedAt: number;
  readonly completedAt: number;
}

export interface History {
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
}

export interface Violation {
  /** What kind of anomaly, by name. */
  readonly name: string;
  readonly detail: string;
}
