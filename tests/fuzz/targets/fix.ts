/** What counterparties send over FIX: bytes, messages, a session's course, and drop copies of trades. */
import { framer, MESSAGE_BYTES_MAX } from '@pms/fix/framing';
import { decoded, encoded, type Field, type FixMessage, valueOf, TAG } from '@pms/fix/message';
import { begun, received, ticked } from '@pms/fix/session';
import type { SessionState, SessionTerms } from '@pms/fix/state';
import fc from 'fast-check';
import { type FixMapping, readingOf } from '../../../subgraphs/trade-capture/src/domain/fix/drop-copy.ts';
import { fieldsIn } from '../../../subgraphs/trade-capture/src/domain/fix/fields.ts';
import { mutatedText } from '../support/mutated.ts';
import { inherited, oddTexts } from '../support/odd.ts';
import { must, target } from '../support/target.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const SOH = '\u0001';
const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const trade: readonly Field[] = [[35, '8'], [49, 'BROKER'], [56, 'PMS'], [34, '2'], [52, '20261120-12:00:00.000'], [17, 'E1'], [150, 'F'], [1, 'ACC1'], [55, 'AAPL'], [48, 'US0378331005'], [22, '4'], [54, '1'], [32, '100'], [31, '187.25'], [15, 'USD'], [75, '20261120'], [12, '1.5'], [13, '3'], [136, '1'], [137, '0.25'], [139, '4']];
const logon: readonly Field[] = [[35, 'A'], [49, 'BROKER'], [56, 'PMS'], [34, '1'], [52, '20261120-12:00:00.000'], [98, '0'], [108, '30'], [553, 'user'], [554, 'secret']];
const more: readonly (readonly Field[])[] = [
  [[35, '0'], [49, 'BROKER'], [56, 'PMS'], [34, '2'], [52, '20261120-12:00:00.000']], [[35, '1'], [49, 'BROKER'], [56, 'PMS'], [34, '2'], [52, '20261120-12:00:00.000'], [112, 'T']],
  [[35, '2'], [49, 'BROKER'], [56, 'PMS'], [34, '2'], [52, '20261120-12:00:00.000'], [7, '1'], [16, '0']], [[35, '4'], [49, 'BROKER'], [56, 'PMS'], [34, '2'], [52, '20261120-12:00:00.000'], [123, 'Y'], [36, '9']],
  [[35, '8'], [49, 'BROKER'], [56, 'PMS'], [34, '0x2'], [52, '20261120-12:00:00.000']], [[35, '5'], [49, 'BROKER'], [56, 'PMS'], [34, '2'], [52, '20261120-12:00:00.000']], [[35, 'AE'], [49, 'BROKER'], [56, 'PMS'], [34, '2'], [52, '20261120-12:00:00.000'], [571, 'R1'], [487, '0'], [32, '10'], [31, '5'], [75, '20261120'], [55, 'ACME'], [552, '2'], [54, '1'], [1, 'OTHER'], [54, '2'], [1, 'ACC1']],
];
const samples = [logon, trade, ...more];
const wire = samples.map(encoded);
const wireWords = [SOH, '=', '8=FIX.4.4\u0001', '9=', '10=000\u0001', '35=8\u0001', '95=3\u000196=a\u0001b\u0001', '9=999999\u0001', '8=FIX', '34=', '\u00ff'];

const cut = (bytes: Buffer, lengths: readonly number[]): Buffer[] => {
  const parts: Buffer[] = [];
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    if (at >= bytes.length) break;
    parts.push(bytes.subarray(at, at + length));
    at += length;
  }
  return parts;
};

const framing = target<readonly [readonly string[], readonly number[]]>({
  name: 'fix-framing', says: 'the same messages come out however the bytes are cut, and none is longer than allowed',
  inputs: fc.tuple(fc.array(mutatedText(wire, wireWords), { minLength: 1, maxLength: 4 }), fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 })),
  holds([texts, lengths]) {
    const bytes = latin(texts.join(''));
    const [whole, pieces] = [framer(), framer()];
    const expected = whole.take(bytes);
    const found = cut(bytes, lengths).flatMap((part) => pieces.take(part));
    must(JSON.stringify(found) === JSON.stringify(expected), 'cuts change nothing', { found, expected });
    must(found.every(({ length }) => length <= MESSAGE_BYTES_MAX), 'a message is bounded');
    must(whole.skipped() + found.reduce((total, { length }) => total + length, 0) <= bytes.length, 'no byte is counted twice');
  },
  growing: {
    'messages': (size) => [[(wire[1] ?? '').repeat(size)], []], 'garbage': (size) => [['x'.repeat(size * 10)], []], 'beginnings': (size) => [['8=FIX'.repeat(size)], []],
    'lengths that are not kept': (size) => [[`8=FIX.4.4${SOH}9=60000${SOH}`.repeat(size)], []], 'byte by byte': (size) => [[`8=FIX.4.4${SOH}9=60000${SOH}${'x'.repeat(size * 4)}`], Array.from({ length: size * 4 }, () => 1)],
  },
});

const field = fc.tuple(fc.oneof(fc.constantFrom(...new Set(samples.flat().map(([tag]) => tag))), fc.integer({ min: 1, max: 99_999 })), fc.oneof(fc.constantFrom(...oddTexts), fc.constantFrom(...inherited), fc.constantFrom('F', 'G', 'H', '0', '1', '2', 'Y', 'N', '3', '20261120', '100', '1e3', ' 2', '0x2'), fc.string({ maxLength: 8 })));
/** Fields of a sample, some replaced by value or by all, some left out, some added. */
const changedFields = (of: readonly (readonly Field[])[]): fc.Arbitrary<readonly Field[]> => fc.tuple(fc.constantFrom(...of), fc.array(fc.tuple(fc.nat(999), fc.constantFrom('value', 'value', 'value', 'field', 'out', 'add', 'twice'), field), { maxLength: 4 }))
  .map(([sample, edits]) => edits.reduce<readonly Field[]>((fields, [at, how, [tag, value]]) => {
    const place = at % fields.length;
    const [own] = fields[place] ?? [1];
    switch (how) {
      case 'value': return fields.with(place, [own, value]);
      case 'field': return fields.with(place, [tag, value]);
      case 'out': return fields.length > 1 ? fields.toSpliced(place, 1) : fields;
      case 'twice': return [...fields, fields[place] ?? [tag, value]];
      default: return fields.toSpliced(place, 0, [tag, value]);
    }
  }, sample));

const messages = target<string>({
  name: 'fix-messages', says: 'a frame is a message, field by field, or it is said why it is garbled',
  inputs: fc.oneof(mutatedText(wire, wireWords), changedFields(samples).map(encoded)),
  holds(raw) {
    const read = decoded(raw);
    if ('garbled' in read) return must(read.garbled !== '', 'it says why');
    must(read.fields.every(([tag, value]) => Number.isInteger(tag) && tag > 0 && typeof value === 'string'), 'fields are tags and values', read.fields);
    must(read.fields.map(([tag, value]) => `${tag}=${value}${SOH}`).join('') === raw.slice(0, raw.lastIndexOf(`${SOH}10=`) + 1), 'the fields are all that the message holds');
  },
  growing: { 'fields': (size) => encoded([[35, '8'], ...Array.from({ length: size }, (): Field => [58, 'x'])]), 'a value': (size) => encoded([[35, '8'], [58, 'x'.repeat(size)]]), 'equals': (size) => encoded([[35, '8'], [58, '='.repeat(size)]]) },
});

const roundTrip = target<readonly Field[]>({
  name: 'fix-written', says: 'what is written is read back field by field',
  inputs: changedFields(samples).map((fields) => [[35, '8'] as const, ...fields.map(([tag, value]): Field => [tag === 35 || isData(tag) ? 58 : tag, onWire(value)])]),
  holds(fields) {
    const read = decoded(encoded(fields));
    must(!('garbled' in read) && JSON.stringify(read.fields.slice(2)) === JSON.stringify(fields), 'fields are what they were', { read, fields });
  },
});

/** One byte a character, and none that ends a field; lengths of data and data itself belong together and are left out. */
const onWire = (value: string): string => Buffer.from(value, 'latin1').toString('latin1').replaceAll(SOH, ' ');
const DATA = new Set([90, 91, 93, 89, 95, 96, 212, 213, 348, 349, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 360, 361, 362, 363, 364, 365, 445, 446, 618, 619, 621, 622, 10]);
const isData = (tag: number): boolean => DATA.has(tag);

const terms: SessionTerms = { role: 'ACCEPTOR', ours: 'PMS', theirs: 'BROKER', heartbeatSeconds: 30, resetOnLogon: false, credentials: { username: 'user', password: 'secret' }, clockToleranceMs: 120_000, handsOver: new Set(['8', 'AE']) };
/** Numbered as they come, unless a change has made it another number. */
const numbered = (fields: readonly Field[], at: number): readonly Field[] => fields.map(([tag, value]): Field => (tag === TAG.MsgSeqNum && /^\d$/.test(value) ? [tag, String(at)] : [tag, value]));

const session = target<readonly (readonly Field[])[]>({
  name: 'fix-session', says: 'whatever comes, each message is handed over once and in its order, and answers stay bounded',
  inputs: fc.array(changedFields([...samples, trade, trade]), { maxLength: 12 }).map((rest) => [logon, ...rest]),
  holds(course) {
    let state: SessionState = begun(terms, { nextIn: 1, nextOut: 1 }, NOW).state;
    for (const [at, fields] of course.entries()) {
      const message = decoded(encoded(numbered(fields, at + 1)));
      if ('garbled' in message) continue;
      state = stepped(state, message, NOW + at * 1_000);
    }
    const last = ticked(terms, state, NOW + 600_000);
    must(last.send.length <= 3, 'the clock sends little', last.send.length);
  },
});

function stepped(before: SessionState, message: FixMessage, now: number): SessionState {
  const { state, send, deliver } = received(terms, before, message, now);
  const number = valueOf(message, TAG.MsgSeqNum) ?? '';
  must(send.length <= 4, 'a message has a bounded number of answers', send.length);
  for (const fields of send) must(!('garbled' in decoded(encoded(fields))), 'an answer is a message', fields);
  must(Number.isSafeInteger(state.numbers.nextIn) && Number.isSafeInteger(state.numbers.nextOut) && state.numbers.nextIn >= 1, 'numbers are numbers', state.numbers);
  must(deliver.length <= 1, 'a message is handed over once', deliver.length);
  if (deliver.length === 1) must(before.phase === 'ACTIVE' && /^\d+$/.test(number) && Number(number) === before.numbers.nextIn && state.numbers.nextIn === before.numbers.nextIn + 1, 'what is handed over is next', { number, numbers: before.numbers });
  return state;
}

const mapping: FixMapping = { accounts: new Map([['ACC1', 'prt_1']]), instruments: new Map([['865985', 'ins_apple']]) };
const SIDES: ReadonlySet<unknown> = new Set(['BUY', 'SELL']);
const FEES: ReadonlySet<unknown> = new Set(['COMMISSION', 'EXCHANGE_FEE', 'REGULATORY_FEE', 'TAX', 'OTHER']);

const dropCopies = target<readonly [string, readonly Field[]]>({
  name: 'fix-drop-copies', says: 'a report is sound instructions, or it is said what of it cannot be read',
  inputs: fc.oneof(fc.tuple(fc.constant('8'), changedFields([trade])), fc.tuple(fc.constant('AE'), changedFields([more.at(-1) ?? trade])), fc.tuple(fc.constantFrom('8', 'AE', 'X'), changedFields([...samples]))),
  holds([type, fields]) {
    const reading = readingOf(type, fields.map(([tag, value]) => `${tag}=${value}`).join(SOH), mapping);
    if (!('instructions' in reading)) return must(('ignored' in reading ? reading.ignored : reading.problem) !== '', 'it says why');
    for (const instruction of reading.instructions) {
      must(typeof instruction.execId === 'string' && instruction.execId !== '' || fieldsIn(fields.map(([tag, value]) => `${tag}=${value}`).join(SOH)).some(([, value]) => value === instruction.execId), 'an instruction has a name');
      if (instruction.kind === 'CANCEL') continue;
      const { side, quantity, price, tradeDate, fees } = instruction.trade;
      must(SIDES.has(side), 'a side is one of two', side);
      must(quantity.greaterThan(0) && price.greaterThan(0) && /^\d{4}-\d{2}-\d{2}$/.test(tradeDate), 'quantity, price and day are sound', { quantity, price, tradeDate });
      for (const { kind, amount } of fees) must(FEES.has(kind) && amount.isFinite(), 'a fee is of a kind that there is', kind);
    }
  },
  growing: { 'sides': (size) => ['AE', [[571, 'R'], [487, '0'], [32, '1'], [31, '1'], [75, '20261120'], [552, String(size)], ...Array.from({ length: size }, (): Field[] => [[54, '1'], [1, 'ACC1']]).flat()]], 'fees': (size) => ['8', [...trade, ...Array.from({ length: size }, (): Field => [137, '1'])]] },
});

export const fix = [framing, messages, roundTrip, session, dropCopies];
