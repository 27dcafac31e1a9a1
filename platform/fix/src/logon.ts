/** The logon of either side: who it is, how often hearts beat, and where both count from. */
import { timingSafeEqual } from 'node:crypto';
import type { Draft } from './draft.ts';
import { type Field, type FixMessage, TAG, valueOf } from './message.ts';

const HEARTBEAT_SECONDS_MAX = 3_600;
const MS_PER_SECOND = 1_000;

export function sendLogon(step: Draft, resets: boolean): void {
  const { credentials, heartbeatSeconds, role } = step.terms;
  if (resets && role === 'INITIATOR') step.number({ nextIn: 1, nextOut: 1 });
  const seconds = role === 'INITIATOR' ? heartbeatSeconds : step.state.heartbeatMs / MS_PER_SECOND;
  const secret: Field[] = credentials !== null && role === 'INITIATOR' ? [[TAG.Username, credentials.username], [TAG.Password, credentials.password]] : [];
  step.send('A', [[TAG.EncryptMethod, '0'], [TAG.HeartBtInt, String(seconds)], ...(resets ? [[TAG.ResetSeqNumFlag, 'Y'] as const] : []), ...secret]);
}

/** Nothing is counted of a logon that is refused: whoever it was, it was not the counterparty. */
export function onLogon(step: Draft, message: FixMessage, number: number): void {
  const resets = valueOf(message, TAG.ResetSeqNumFlag) === 'Y';
  if (!isAuthorised(step, message)) return step.stop('the logon is not authorised');
  const wrong = faultOf(step, message, number, resets);
  if (wrong !== null) return step.logout(wrong, true);
  if (resets) {
    step.note('both sides count from 1 again');
    // an initiator that asked for it has sent its first message already
    step.number({ nextIn: 1, ...(step.terms.role === 'ACCEPTOR' && { nextOut: 1 }) });
    step.set({ gap: null });
  }
  if (number < step.state.numbers.nextIn) return step.logout(`MsgSeqNum too low, expecting ${step.state.numbers.nextIn} but received ${number}`, true);
  step.set({ phase: 'ACTIVE', sinceMs: step.now, heartbeatMs: Number(valueOf(message, TAG.HeartBtInt)) * MS_PER_SECOND });
  if (step.terms.role === 'ACCEPTOR') sendLogon(step, resets);
  step.note('logged on');
  if (number > step.state.numbers.nextIn) step.ask(number);
  else step.number({ nextIn: number + 1 });
}

/** Null for a logon that is good. A second one within a session may only begin the numbers anew. */
function faultOf(step: Draft, message: FixMessage, number: number, resets: boolean): string | null {
  const seconds = valueOf(message, TAG.HeartBtInt) ?? '';
  if ((valueOf(message, TAG.EncryptMethod) ?? '0') !== '0') return 'EncryptMethod must be 0';
  if (!/^\d{1,4}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > HEARTBEAT_SECONDS_MAX) return `HeartBtInt must be from 1 to ${HEARTBEAT_SECONDS_MAX}`;
  if (resets && number !== 1) return 'a logon that resets the sequence numbers has number 1';
  return step.state.phase === 'ACTIVE' && !resets ? 'the session is logged on already' : null;
}

function isAuthorised({ terms }: Draft, message: FixMessage): boolean {
  if (terms.role === 'INITIATOR' || terms.credentials === null) return true;
  const { username, password } = terms.credentials;
  return same(valueOf(message, TAG.Username), username) && same(valueOf(message, TAG.Password), password);
}

function same(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
