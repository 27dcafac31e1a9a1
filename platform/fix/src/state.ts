/** What a session is: its terms, its state, and what a step of it leads to. */
import type { Field, FixMessage } from './message.ts';

export interface Numbers {
  /** The number that the counterparty's next message should have. */
  readonly nextIn: number;
  /** The number of our next message. */
  readonly nextOut: number;
}

export interface SessionTerms {
  readonly role: 'ACCEPTOR' | 'INITIATOR';
  /** Our CompID. */
  readonly ours: string;
  /** The counterparty's CompID. */
  readonly theirs: string;
  /** An acceptor goes by what the initiator asks for. */
  readonly heartbeatSeconds: number;
  /** An initiator asks to begin both numbers anew with each logon. */
  readonly resetOnLogon: boolean;
  /** What an initiator sends, and what an acceptor wants to see. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** By how much the counterparty's clock may differ; 0 for no matter how much. */
  readonly clockToleranceMs: number;
  /** Types that are handed over; others are refused. */
  readonly handsOver: ReadonlySet<string>;
}

export type Phase = 'LOGGING_ON' | 'ACTIVE' | 'LOGGING_OUT' | 'ENDED';

export interface SessionState {
  readonly phase: Phase;
  readonly numbers: Numbers;
  readonly heartbeatMs: number;
  /** When the phase began. */
  readonly sinceMs: number;
  readonly sentMs: number;
  readonly receivedMs: number;
  /** When a test request was sent that has had no answer. */
  readonly testedMs: number | null;
  /** Messages up to `until` are missing, and were asked for. */
  readonly gap: { readonly until: number; readonly askedMs: number } | null;
}

export interface Step {
  readonly state: SessionState;
  /** Fields from MsgType on, to be sent in this order. */
  readonly send: readonly (readonly Field[])[];
  /** In sequence, each once. */
  readonly deliver: readonly FixMessage[];
  /** Why the connection is to be closed, once all is sent; null while it goes on. */
  readonly end: string | null;
  /** For the log: no values of messages but numbers and types. */
  readonly notes: readonly string[];
}
