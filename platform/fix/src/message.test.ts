/** Messages as text, and streams of bytes cut into them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { framer, MESSAGE_BYTES_MAX } from './framing.ts';
import { decoded, encoded, type Field, fixTime, timeOf, valueOf } from './message.ts';

const fields = fc.array(fc.tuple(fc.integer({ min: 100, max: 5_999 }).filter((tag) => ![212, 213, 348, 349, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 360, 361, 362, 363, 364, 365, 445, 446, 618, 619, 621, 622].includes(tag)), fc.string({ unit: fc.integer({ min: 2, max: 255 }).map((code) => String.fromCharCode(code)), minLength: 1, maxLength: 20 })), { maxLength: 10 });

test('a message has its length and its checksum', () => {
  expect(encoded([[35, '0'], [49, 'A'], [56, 'B'], [34, '2'], [52, '20261120-15:00:00.000']]).replaceAll('\u0001', '|')).toBe('8=FIX.4.4|9=45|35=0|49=A|56=B|34=2|52=20261120-15:00:00.000|10=061|');
  // a message that is often quoted as an example
  const quoted = '8=FIX.4.2|9=178|35=8|49=PHLX|56=PERS|52=20071123-05:30:00.000|11=ATOMNOCCC9990900|20=3|150=E|39=E|55=MSFT|167=CS|54=1|38=15|40=2|44=15|58=PHLX EQUITY TESTING|59=0|47=C|32=0|31=0|151=15|14=0|6=0|10=128|'.replaceAll('|', '\u0001');
  expect(decoded(quoted)).toMatchObject({ type: '8' });
  expect(framer().take(Buffer.from(quoted))).toEqual([quoted]);
});

test('what is encoded is decoded', () => {
  fc.assert(fc.property(fields, (body) => {
    const message = decoded(encoded([[35, '8'], ...(body as Field[])]));
    expect('garbled' in message ? message.garbled : message.fields.slice(2)).toEqual([[35, '8'], ...body]);
  }));
});

test('a field of data may hold any byte', () => {
  const raw = encoded([[35, 'B'], [354, '3'], [355, 'a b']]).replace('a b', 'a\u0001b');
  const sum = Buffer.from(raw.slice(0, raw.lastIndexOf('\u000110=') + 1), 'latin1').reduce((total, byte) => total + byte, 0) % 256;
  const message = decoded(raw.replace(/10=\d{3}/, `10=${String(sum).padStart(3, '0')}`));
  expect('garbled' in message ? message.garbled : valueOf(message, 355)).toBe('a\u0001b');
});

test.each([
  ['a wrong checksum', (good: string) => good.replace(/10=\d{3}/, '10=999')],
  ['no checksum', (good: string) => good.slice(0, good.lastIndexOf('10='))],
  ['another beginning', (good: string) => encoded([[49, 'A'], [35, '0']]).slice(0, good.length)],
])('%s is garbled', (_, spoil) => {
  expect(decoded(spoil(encoded([[35, '0'], [49, 'A']])))).toHaveProperty('garbled');
});

test('a stream is cut into messages, however its bytes arrive, and garbage is passed over', () => {
  const messages = ['0', '8', '5'].map((type) => encoded([[35, type], [58, 'text 8=FI 9=5']]));
  const stream = Buffer.from(`xx8=FIX.4.4 garbage${messages[0] ?? ''}8=FIX.4.4\u00019=20\u0001half${messages[1] ?? ''}\r\n${messages[2] ?? ''}8=`, 'latin1');
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
    const frames = framer();
    const got: string[] = [];
    for (let at = 0, size = 0; at < stream.length; at += sizes[size++ % sizes.length] ?? 1) got.push(...frames.take(stream.subarray(at, at + (sizes[size % sizes.length] ?? 1))));
    expect(got).toEqual(messages);
  }));
});

test('any bytes are read without end or fault, and a message after them is found', () => {
  const last = encoded([[35, '0'], [49, 'A']]);
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom('8=FIX.4.4\u0001', '9=5\u0001', '10=000\u0001', '8=FIX').map((text) => Buffer.from(text)))), (parts) => {
    const frames = framer();
    for (const part of parts) frames.take(part);
    // a beginning that says it is long swallows what follows, up to its length
    let found = false;
    for (let tried = 0; tried * last.length < 2 * MESSAGE_BYTES_MAX && !found; tried++) found = frames.take(Buffer.from(last)).includes(last);
    expect(found).toBe(true);
  }), { numRuns: 100 });
});

test('times have milliseconds, and are read with or without', () => {
  expect(fixTime(Date.parse('2026-11-20T15:00:00.012Z'))).toBe('20261120-15:00:00.012');
  expect([timeOf('20261120-15:00:00.012'), timeOf('20261120-15:00:00'), timeOf('2026-11-20'), timeOf('20261320-15:00:00')]).toEqual([Date.parse('2026-11-20T15:00:00.012Z'), Date.parse('2026-11-20T15:00:00Z'), null, null]);
});
