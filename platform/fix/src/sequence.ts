/** Messages of a session that is logged on, by their numbers: the next one is acted on, a gap is asked for, one that came before is passed over, or ends the session. */
import type { Draft } from './draft.ts';
import { type FixMessage, TAG, valueOf } from './message.ts';

const wholeOf = (message: FixMessage, tag: number): number | null => {
  const text = valueOf(message, tag) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
};

export function onSequenced(step: Draft, message: FixMessage, number: number): void {
  const { nextIn } = step.state.numbers;
  if (message.type === '4' && valueOf(message, TAG.GapFillFlag) !== 'Y') return reset(step, message, number);
  if (number > nextIn) return tooHigh(step, message, number);
  if (number < nextIn) return tooLow(step, message, number);
  counted(step, number + 1);
  act(step, message, number);
}

/** The next message has this number; a gap ends with its last message. */
function counted(step: Draft, next: number): void {
  const { gap } = step.state;
  step.number({ nextIn: next });
  if (gap === null) return;
  if (next > gap.until) {
    step.note(`messages up to ${next - 1} have come`);
    step.set({ gap: null });
  } else step.set({ gap: { until: gap.until, askedMs: step.now } });
}

/** What is missing comes again together with this message, so it is not kept. */
function tooHigh(step: Draft, message: FixMessage, number: number): void {
  if (message.type === '2') answer(step, message, number);
  if (message.type === '5') return step.logout('logout received', true);
  step.ask(number);
}

function tooLow(step: Draft, message: FixMessage, number: number): void {
  if (valueOf(message, TAG.PossDupFlag) === 'Y') return step.note(`message ${number} has come before`);
  step.logout(`MsgSeqNum too low, expecting ${step.state.numbers.nextIn} but received ${number}`, true);
}

/** Whatever number it has itself. */
function reset(step: Draft, message: FixMessage, number: number): void {
  const next = wholeOf(message, TAG.NewSeqNo);
  if (next === null || next <= step.state.numbers.nextIn - 1)
    return step.reject(message, number, { reason: '5', tag: TAG.NewSeqNo, text: `NewSeqNo must be ${step.state.numbers.nextIn} or more` });
  step.note(`the counterparty goes on with message ${next}: what was before is not sent`);
  step.number({ nextIn: next });
  step.set({ gap: null });
}

function act(step: Draft, message: FixMessage, number: number): void {
  switch (message.type) {
    case '0': return;
    case '1': return step.send('0', [[TAG.TestReqID, valueOf(message, TAG.TestReqID) ?? '']]);
    case '2': return answer(step, message, number);
    case '3': return step.note(`the counterparty rejected message ${valueOf(message, TAG.RefSeqNum) ?? '?'}: reason ${valueOf(message, TAG.SessionRejectReason) ?? '?'}`);
    case '4': return gapFill(step, message, number);
    case '5': return step.state.phase === 'LOGGING_OUT' ? step.stop('logged out') : step.logout('logout received', true);
    default: return business(step, message, number);
  }
}

function gapFill(step: Draft, message: FixMessage, number: number): void {
  const next = wholeOf(message, TAG.NewSeqNo);
  if (next === null || next <= number) return step.reject(message, number, { reason: '5', tag: TAG.NewSeqNo, text: `NewSeqNo must be more than ${number}` });
  counted(step, next);
}

function business(step: Draft, message: FixMessage, number: number): void {
  if (step.terms.handsOver.has(message.type)) return step.deliver(message);
  if (message.type !== 'j') step.refuseBusiness(message, number, { reason: '3', text: 'messages of this type are not taken here' });
}

/** Nothing of ours is sent again: the numbers asked for are filled. */
function answer(step: Draft, message: FixMessage, number: number): void {
  const { nextOut } = step.state.numbers;
  const from = wholeOf(message, TAG.BeginSeqNo);
  const to = wholeOf(message, TAG.EndSeqNo);
  if (from === null || to === null || from < 1 || from >= nextOut || (to !== 0 && to < from))
    return step.reject(message, number, { reason: '5', tag: TAG.BeginSeqNo, text: 'there are no such messages' });
  step.fillGap(from, to === 0 ? nextOut : Math.min(to + 1, nextOut));
}
