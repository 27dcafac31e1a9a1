/**
 * The FIX 4.4 session as a pure step function: what came, or the clock, leads to a new state, messages to send, messages to hand over, and perhaps the
 * end of the connection. Sequence numbers are part of the state: whoever drives it keeps them (with what is handed over) before anything is
 * sent. Messages of ours are never sent again: a request for them is answered by a gap fill, since none of them says anything lasting.
 */
import { type Draft, draft } from './draft.ts';
import { onLogon, sendLogon } from './logon.ts';
import { BEGIN_STRING, type FixMessage, TAG, timeOf, valueOf } from './message.ts';
import { onSequenced } from './sequence.ts';
import type { Numbers, SessionState, SessionTerms, Step } from './state.ts';

const LOGON_MS_MAX = 10_000;
const LOGOUT_MS_MAX = 5_000;
/** A message may be so much longer on its way than the interval of heartbeats. */
const TRANSMISSION_PART = 1.2;
const MS_PER_SECOND = 1_000;

/** A connection has been made: an initiator logs on, an acceptor waits. */
export function begun(terms: SessionTerms, numbers: Numbers, now: number): Step {
  const heartbeatMs = terms.heartbeatSeconds * MS_PER_SECOND;
  const step = draft(terms, { phase: 'LOGGING_ON', numbers, heartbeatMs, sinceMs: now, sentMs: now, receivedMs: now, testedMs: null, gap: null }, now);
  if (terms.role === 'INITIATOR') sendLogon(step, terms.resetOnLogon);
  return step.done();
}

export function received(terms: SessionTerms, state: SessionState, message: FixMessage, now: number): Step {
  const step = draft(terms, { ...state, receivedMs: now, testedMs: null }, now);
  const written = valueOf(message, TAG.MsgSeqNum) ?? '';
  const number = /^\d{1,15}$/.test(written) ? Number(written) : Number.NaN;
  if (state.phase === 'ENDED') return step.done();
  if (valueOf(message, TAG.BeginString) !== BEGIN_STRING) refuse(step, `only ${BEGIN_STRING} is spoken here`);
  else if (!Number.isSafeInteger(number) || number < 1) refuse(step, 'MsgSeqNum is missing or no number');
  else if (isOfThisSession(step, message) && isOnTime(step, message, number)) {
    if (message.type === 'A') onLogon(step, message, number);
    else if (state.phase === 'LOGGING_ON') step.stop('the first message is no logon');
    else onSequenced(step, message, number);
  }
  return step.done();
}

function isOfThisSession(step: Draft, message: FixMessage): boolean {
  const { ours, theirs } = step.terms;
  if (valueOf(message, TAG.SenderCompID) === theirs && valueOf(message, TAG.TargetCompID) === ours) return true;
  refuse(step, 'the CompIDs are of another session');
  return false;
}

/** Whoever has not logged on gets no answer, which would have a number. */
function refuse(step: Draft, text: string): void {
  if (step.state.phase === 'LOGGING_ON') step.stop(text);
  else step.logout(text, true);
}

/** A message that is sent again was sent before: its time says nothing. */
function isOnTime(step: Draft, message: FixMessage, number: number): boolean {
  const tolerance = step.terms.clockToleranceMs;
  const sent = timeOf(valueOf(message, TAG.SendingTime) ?? '');
  if (tolerance === 0 || valueOf(message, TAG.PossDupFlag) === 'Y' || (sent !== null && Math.abs(sent - step.now) <= tolerance)) return true;
  const text = 'SendingTime is missing, or differs too much from the time here';
  if (step.state.phase !== 'LOGGING_ON') step.reject(message, number, { reason: '10', tag: TAG.SendingTime, text });
  refuse(step, text);
  return false;
}

/** The clock: heartbeats, tests, and the ends of waiting. */
export function ticked(terms: SessionTerms, state: SessionState, now: number): Step {
  const step = draft(terms, state, now);
  if (state.phase === 'LOGGING_ON' && now - state.sinceMs >= LOGON_MS_MAX) step.stop('nobody logged on in time');
  if (state.phase === 'LOGGING_OUT' && now - state.sinceMs >= LOGOUT_MS_MAX) step.stop('the logout was not answered in time');
  if (state.phase === 'ACTIVE') listen(step);
  return step.done();
}

function listen(step: Draft): void {
  const { heartbeatMs, sentMs, receivedMs, testedMs, gap } = step.state;
  const patience = heartbeatMs * TRANSMISSION_PART;
  if (testedMs !== null && step.now - testedMs >= patience) return step.stop('the counterparty is silent, and did not answer a test request');
  if (testedMs === null && step.now - receivedMs >= patience) step.test();
  if (gap !== null && step.now - gap.askedMs >= 2 * patience) step.askAgain(gap.until);
  if (step.now - sentMs >= heartbeatMs) step.send('0');
}

/** We are leaving: a logout is sent, and its answer awaited. */
export function leaving(terms: SessionTerms, state: SessionState, now: number): Step {
  const step = draft(terms, state, now);
  if (state.phase === 'ACTIVE') step.logout('the session ends here', false);
  else step.stop('the session ends here');
  return step.done();
}
