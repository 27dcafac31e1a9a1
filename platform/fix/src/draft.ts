/** A step of the session while it is being worked out: the state so far, and what it leads to. */
import { type Field, fixTime, type FixMessage, TAG } from './message.ts';
import type { Numbers, SessionState, SessionTerms, Step } from './state.ts';

export interface Refused {
  /** SessionRejectReason, or BusinessRejectReason. */
  readonly reason: string;
  readonly tag?: number;
  readonly text: string;
}

export interface Draft {
  readonly terms: SessionTerms;
  readonly now: number;
  readonly state: SessionState;
  set(changes: Partial<SessionState>): void;
  number(changes: Partial<Numbers>): void;
  send(type: string, body?: readonly Field[]): void;
  /** In place of messages from `from` up to before `to`. */
  fillGap(from: number, to: number): void;
  reject(message: FixMessage, number: number, refused: Refused): void;
  refuseBusiness(message: FixMessage, number: number, refused: Refused): void;
  test(): void;
  /** Asks for everything from the next expected message on. */
  ask(until: number): void;
  askAgain(until: number): void;
  /** Says why, and then ends the connection, or waits for the answer. */
  logout(text: string, ends: boolean): void;
  deliver(message: FixMessage): void;
  note(text: string): void;
  stop(reason: string): void;
  done(): Step;
}

/** A step sends a bounded number of messages: an answer each to what came. */
export function draft(terms: SessionTerms, begin: SessionState, now: number): Draft {
  let state = begin;
  let end: string | null = null;
  const sends: (readonly Field[])[] = [];
  const delivered: FixMessage[] = [];
  const notes: string[] = [];
  const header = (type: string, number: number, more: readonly Field[] = []): Field[] => [
    [TAG.MsgType, type], [TAG.SenderCompID, terms.ours], [TAG.TargetCompID, terms.theirs], [TAG.MsgSeqNum, String(number)], ...more, [TAG.SendingTime, fixTime(now)]];
  const step: Draft = {
    terms, now,
    get state() { return state; },
    set: (changes) => { state = { ...state, ...changes }; },
    number: (changes) => { state = { ...state, numbers: { ...state.numbers, ...changes } }; },
    send(type, body = []) {
      sends.push([...header(type, state.numbers.nextOut), ...body]);
      step.number({ nextOut: state.numbers.nextOut + 1 });
      step.set({ sentMs: now });
    },
    fillGap(from, to) {
      sends.push([...header('4', from, [[TAG.PossDupFlag, 'Y'], [TAG.OrigSendingTime, fixTime(now)]]), [TAG.GapFillFlag, 'Y'], [TAG.NewSeqNo, String(to)]]);
      step.set({ sentMs: now });
    },
    reject(message, number, { reason, tag, text }) {
      notes.push(`rejected message ${number} of type ${message.type}: ${text}`);
      step.send('3', [[TAG.RefSeqNum, String(number)], ...(tag === undefined ? [] : [[TAG.RefTagID, String(tag)] as const]), [TAG.RefMsgType, message.type], [TAG.SessionRejectReason, reason], [TAG.Text, text]]);
    },
    refuseBusiness(message, number, { reason, text }) {
      notes.push(`refused message ${number} of type ${message.type}: ${text}`);
      step.send('j', [[TAG.RefSeqNum, String(number)], [TAG.RefMsgType, message.type], [TAG.BusinessRejectReason, reason], [TAG.Text, text]]);
    },
    test() {
      step.send('1', [[TAG.TestReqID, `TEST-${now}`]]);
      step.set({ testedMs: now });
    },
    ask(until) {
      if (state.gap === null) step.askAgain(until);
    },
    askAgain(until) {
      notes.push(`messages from ${state.numbers.nextIn} on are missing: asked for them`);
      step.send('2', [[TAG.BeginSeqNo, String(state.numbers.nextIn)], [TAG.EndSeqNo, '0']]);
      step.set({ gap: { until, askedMs: now } });
    },
    logout(text, ends) {
      step.send('5', [[TAG.Text, text]]);
      if (ends) step.stop(text);
      else step.set({ phase: 'LOGGING_OUT', sinceMs: now });
    },
    deliver: (message) => { delivered.push(message); },
    note: (text) => { notes.push(text); },
    stop(reason) {
      end ??= reason;
      step.set({ phase: 'ENDED', sinceMs: now });
    },
    done: () => ({ state, send: sends, deliver: delivered, end, notes }),
  };
  return step;
}
