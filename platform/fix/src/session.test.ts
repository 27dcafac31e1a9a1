/** The session as a function: numbers, gaps, heartbeats by a clock that is an argument. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Field, type FixMessage, fixTime, TAG, valueOf } from './message.ts';
import { begun, leaving, received, ticked } from './session.ts';
import type { Numbers, SessionState, SessionTerms, Step } from './state.ts';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const acceptor: SessionTerms = {
  role: 'ACCEPTOR', ours: 'PMS', theirs: 'BROKER', heartbeatSeconds: 30, resetOnLogon: false, credentials: null, clockToleranceMs: 120_000, handsOver: new Set(['8', 'AE']),
};
const initiator: SessionTerms = { ...acceptor, role: 'INITIATOR', credentials: { username: 'pms', password: 'secret' } };
const message = (type: string, number: number, body: readonly Field[] = [], over: readonly Field[] = [[TAG.SenderCompID, 'BROKER'], [TAG.TargetCompID, 'PMS'], [TAG.SendingTime, fixTime(NOW)]]): FixMessage =>
  ({ type, raw: '', fields: [[TAG.BeginString, 'FIX.4.4'], [TAG.BodyLength, '0'], [TAG.MsgType, type], [TAG.MsgSeqNum, String(number)], ...over, ...body] });
const logon = (number = 1, body: readonly Field[] = []) => message('A', number, [[TAG.EncryptMethod, '0'], [TAG.HeartBtInt, '30'], ...body]);
const again: Field = [TAG.PossDupFlag, 'Y'];
const sent = (step: Step, ...tags: readonly number[]) => step.send.map((fields) => [fields[0]?.[1], ...tags.map((tag) => valueOf({ fields }, tag))]);
const active = (numbers: Numbers = { nextIn: 2, nextOut: 2 }): SessionState =>
  ({ phase: 'ACTIVE', numbers, heartbeatMs: 30_000, sinceMs: NOW, sentMs: NOW, receivedMs: NOW, testedMs: null, gap: null });
const hear = (state: SessionState, ...messages: readonly FixMessage[]): Step => {
  let step: Step = { state, send: [], deliver: [], end: null, notes: [] };
  for (const one of messages) {
    const next = received(acceptor, step.state, one, NOW);
    step = { ...next, send: [...step.send, ...next.send], deliver: [...step.deliver, ...next.deliver], end: step.end ?? next.end };
  }
  return step;
};

test('an acceptor answers a logon with its own, and both count on', () => {
  const step = received(acceptor, begun(acceptor, { nextIn: 1, nextOut: 1 }, NOW).state, logon(), NOW);
  expect(sent(step, TAG.MsgSeqNum, TAG.HeartBtInt, TAG.SenderCompID, TAG.TargetCompID)).toEqual([['A', '1', '30', 'PMS', 'BROKER']]);
  expect(step.state).toMatchObject({ phase: 'ACTIVE', numbers: { nextIn: 2, nextOut: 2 }, heartbeatMs: 30_000 });
});

test('an initiator logs on with its credentials, and is logged on by the answer', () => {
  const step = begun({ ...initiator, resetOnLogon: true }, { nextIn: 7, nextOut: 9 }, NOW);
  expect(sent(step, TAG.MsgSeqNum, TAG.ResetSeqNumFlag, TAG.Username, TAG.Password)).toEqual([['A', '1', 'Y', 'pms', 'secret']]);
  expect(received({ ...initiator, resetOnLogon: true }, step.state, logon(1, [[TAG.ResetSeqNumFlag, 'Y']]), NOW)).toMatchObject({ send: [], state: { phase: 'ACTIVE', numbers: { nextIn: 2, nextOut: 2 } } });
});

test('a logon that begins the numbers anew resets both, and nothing before it is asked for', () => {
  const step = received(acceptor, begun(acceptor, { nextIn: 40, nextOut: 50 }, NOW).state, logon(1, [[TAG.ResetSeqNumFlag, 'Y']]), NOW);
  expect(sent(step, TAG.MsgSeqNum, TAG.ResetSeqNumFlag)).toEqual([['A', '1', 'Y']]);
  expect(step.state.numbers).toEqual({ nextIn: 2, nextOut: 2 });
});

test.each([
  ['another CompID', message('A', 1, [[TAG.HeartBtInt, '30']], [[TAG.SenderCompID, 'EVE'], [TAG.TargetCompID, 'PMS'], [TAG.SendingTime, fixTime(NOW)]]), 'the CompIDs are of another session'],
  ['another clock', message('A', 1, [[TAG.HeartBtInt, '30']], [[TAG.SenderCompID, 'BROKER'], [TAG.TargetCompID, 'PMS'], [TAG.SendingTime, fixTime(NOW - 121_000)]]), 'SendingTime is missing'],
  ['another message first', message('8', 1), 'the first message is no logon'],
  ['no number', { ...logon(), fields: logon().fields.filter(([tag]) => tag !== TAG.MsgSeqNum) }, 'MsgSeqNum is missing or no number'],
] as const)('%s is cut off without an answer, and counts nothing', (_, first, reason) => {
  const step = received(acceptor, begun(acceptor, { nextIn: 1, nextOut: 1 }, NOW).state, first, NOW);
  expect(step).toMatchObject({ send: [], end: expect.stringContaining(reason), state: { numbers: { nextIn: 1, nextOut: 1 } } });
});

test('an acceptor with credentials takes no others', () => {
  const terms = { ...acceptor, credentials: { username: 'broker', password: 'right' } };
  const state = begun(terms, { nextIn: 1, nextOut: 1 }, NOW).state;
  expect(received(terms, state, logon(1, [[TAG.Username, 'broker'], [TAG.Password, 'wrong']]), NOW)).toMatchObject({ send: [], end: 'the logon is not authorised' });
  expect(received(terms, state, logon(1, [[TAG.Username, 'broker'], [TAG.Password, 'right']]), NOW)).toMatchObject({ end: null, state: { phase: 'ACTIVE' } });
});

test('messages in their order are handed over, each once', () => {
  const step = hear(active(), message('8', 2), message('AE', 3), message('8', 2, [again]), message('8', 4));
  expect(step.deliver.map((one) => valueOf(one, TAG.MsgSeqNum))).toEqual(['2', '3', '4']);
  expect(step).toMatchObject({ send: [], end: null, state: { numbers: { nextIn: 5 } } });
});

test('a gap is asked for once, and closed by what is sent again and by gap fills', () => {
  const step = hear(active(), message('8', 4), message('8', 5), message('8', 2, [again]), message('4', 3, [again, [TAG.GapFillFlag, 'Y'], [TAG.NewSeqNo, '5']]), message('8', 5, [again]), message('8', 6));
  expect(sent(step, TAG.BeginSeqNo, TAG.EndSeqNo)).toEqual([['2', '2', '0']]);
  expect(step.deliver.map((one) => valueOf(one, TAG.MsgSeqNum))).toEqual(['2', '5', '6']);
  expect(step.state).toMatchObject({ numbers: { nextIn: 7 }, gap: null });
});

test('a gap that stays is asked for again', () => {
  const { state } = hear(active(), message('8', 4));
  const quiet = { ...state, receivedMs: NOW + 73_000, sentMs: NOW + 73_000 };
  expect(sent(ticked(acceptor, quiet, NOW + 71_999))).toEqual([]);
  expect(sent(ticked(acceptor, quiet, NOW + 72_000), TAG.BeginSeqNo)).toEqual([['2', '2']]);
});

test('a logon with a number that is too high is accepted, and what is missing asked for', () => {
  const step = received(acceptor, begun(acceptor, { nextIn: 5, nextOut: 8 }, NOW).state, logon(9), NOW);
  expect(sent(step, TAG.MsgSeqNum, TAG.BeginSeqNo)).toEqual([['A', '8', undefined], ['2', '9', '5']]);
  expect(step.state).toMatchObject({ phase: 'ACTIVE', numbers: { nextIn: 5 } });
});

test.each([['a message', active({ nextIn: 9, nextOut: 4 }), message('8', 3)], ['a logon', begun(acceptor, { nextIn: 9, nextOut: 4 }, NOW).state, logon(3)]])('%s whose number is too low ends the session, unless it may have been sent before', (_, state, one) => {
  const step = received(acceptor, state, one, NOW);
  expect(sent(step, TAG.Text)).toEqual([['5', 'MsgSeqNum too low, expecting 9 but received 3']]);
  expect(step).toMatchObject({ deliver: [], state: { phase: 'ENDED', numbers: { nextIn: 9 } }, end: expect.any(String) });
});

test('our own messages are not sent again: the gap is filled up to the next one', () => {
  const state = active({ nextIn: 2, nextOut: 8 });
  expect(sent(hear(state, message('2', 2, [[TAG.BeginSeqNo, '3'], [TAG.EndSeqNo, '0']])), TAG.MsgSeqNum, TAG.GapFillFlag, TAG.NewSeqNo, TAG.PossDupFlag)).toEqual([['4', '3', 'Y', '8', 'Y']]);
  expect(sent(hear(state, message('2', 2, [[TAG.BeginSeqNo, '3'], [TAG.EndSeqNo, '4']])), TAG.MsgSeqNum, TAG.NewSeqNo)).toEqual([['4', '3', '5']]);
  // also while something of theirs is missing
  expect(sent(hear(state, message('2', 5, [[TAG.BeginSeqNo, '3'], [TAG.EndSeqNo, '0']])))).toEqual([['4'], ['2']]);
  expect(sent(hear(state, message('2', 2, [[TAG.BeginSeqNo, '9'], [TAG.EndSeqNo, '0']])), TAG.SessionRejectReason)).toEqual([['3', '5']]);
});

test('a reset goes on with the number that it names, and never back', () => {
  expect(hear(active(), message('4', 99, [[TAG.NewSeqNo, '20']])).state.numbers.nextIn).toBe(20);
  const back = hear(active({ nextIn: 9, nextOut: 2 }), message('4', 99, [[TAG.NewSeqNo, '3']]));
  expect(sent(back, TAG.SessionRejectReason)).toEqual([['3', '5']]);
  expect(back.state.numbers.nextIn).toBe(9);
});

test('hearts beat, silence is tested, and who does not answer is cut off', () => {
  expect(sent(ticked(acceptor, active(), NOW + 29_999))).toEqual([]);
  expect(sent(ticked(acceptor, active(), NOW + 30_000))).toEqual([['0']]);
  const tested = ticked(acceptor, { ...active(), sentMs: NOW + 36_000 }, NOW + 36_000);
  expect(sent(tested)).toEqual([['1']]);
  expect(ticked(acceptor, tested.state, NOW + 71_999).end).toBeNull();
  expect(ticked(acceptor, tested.state, NOW + 72_000).end).toContain('silent');
  expect(received(acceptor, tested.state, message('0', 2), NOW + 40_000).state.testedMs).toBeNull();
  expect(sent(hear(active(), message('1', 2, [[TAG.TestReqID, 'abc']])), TAG.TestReqID)).toEqual([['0', 'abc']]);
});

test('who does not log on in time is cut off; a logout is answered, and ours is waited for', () => {
  expect(ticked(acceptor, begun(acceptor, { nextIn: 1, nextOut: 1 }, NOW).state, NOW + 10_000).end).toContain('logged on');
  expect(hear(active(), message('5', 2))).toMatchObject({ end: 'logout received', send: [expect.anything()] });
  const left = leaving(acceptor, active(), NOW);
  expect(left).toMatchObject({ end: null, state: { phase: 'LOGGING_OUT' } });
  expect(received(acceptor, left.state, message('8', 2), NOW).deliver).toHaveLength(1);
  expect(received(acceptor, left.state, message('5', 2), NOW)).toMatchObject({ end: 'logged out', send: [] });
  expect(ticked(acceptor, left.state, NOW + 5_000).end).toContain('in time');
});

test('a type that is not taken here is refused, and the session goes on', () => {
  const step = hear(active(), message('D', 2), message('8', 3));
  expect(sent(step, TAG.RefMsgType, TAG.BusinessRejectReason)).toEqual([['j', 'D', '3']]);
  expect(step).toMatchObject({ end: null, deliver: [expect.anything()] });
});

test('however messages are lost, doubled and sent again, each is handed over once and in order', () => {
  const fate = fc.constantFrom('arrives', 'arrives', 'arrives', 'lost', 'twice');
  fc.assert(fc.property(fc.array(fate, { minLength: 1, maxLength: 30 }), (fates) => {
    const all = fates.map((_, at) => message('8', at + 2));
    let state = active();
    const got: number[] = [];
    const give = (one: FixMessage): void => {
      const step = received(acceptor, state, one, NOW);
      state = step.state;
      got.push(...step.deliver.map((delivered) => Number(valueOf(delivered, TAG.MsgSeqNum))));
      expect(step.end).toBeNull();
      // the counterparty answers a request by sending everything again that it has sent so far
      for (const fields of step.send) if (fields[0]?.[1] === '2') for (const old of all.slice(Number(valueOf({ fields }, TAG.BeginSeqNo)) - 2, sentSoFar)) give(message('8', Number(valueOf(old, TAG.MsgSeqNum)), [again]));
    };
    let sentSoFar = 0;
    for (const [at, how] of fates.entries()) {
      sentSoFar = at + 1;
      if (how !== 'lost') give(message('8', at + 2));
      if (how === 'twice') give(message('8', at + 2, [again]));
    }
    sentSoFar = fates.length;
    give(message('0', fates.length + 2));
    expect(got).toEqual(fates.map((_, at) => at + 2));
  }));
});
