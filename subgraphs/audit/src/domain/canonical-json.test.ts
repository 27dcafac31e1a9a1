import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test('members are sorted by code units, at every depth, and white space is dropped', () => {
  expect(canonicalJson(JSON.parse('{ "b": [ {"z": 1, "a": null} ], "\\u20ac": 1, "B": true, "\\ud83d\\ude02": 2, "\\ufb33": 3 }')))
    .toBe('{"B":true,"b":[{"a":null,"z":1}],"\u20ac":1,"\ud83d\ude02":2,"\ufb33":3}');
});

test.each([[333333333.3333333, '333333333.3333333'], [1e30, '1e+30'], [4.5, '4.5'], [2e-3, '0.002'], [1e-27, '1e-27'], [-0, '0'], [1e21, '1e+21']])(
  'the number %d is written as ECMAScript writes it', (value, written) => {
    expect(canonicalJson(value)).toBe(written);
  });

test('control characters are escaped in the shortest way', () => {
  expect(canonicalJson('\u20ac$\u000f\u000aA\'B"\\\\"/')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
});

test('members without a value are left out', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['\ud800'], [undefined], [1n], [() => 1]])('%s is no JSON', (value) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});

/** RFC 8785, appendix B: the bits of a number, and how it is written. */
const numbers: readonly (readonly [bits: string, written: string])[] = [
  ['0000000000000000', '0'], ['8000000000000000', '0'], ['0000000000000001', '5e-324'], ['8000000000000001', '-5e-324'], ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'], ['4340000000000000', '9007199254740992'], ['c340000000000000', '-9007199254740992'], ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'], ['44b52d02c7e14af6', '1e+23'], ['44b52d02c7e14af7', '1.0000000000000001e+23'], ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'], ['444b1ae4d6e2ef50', '1e+21'], ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'], ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'], ['41b3de4355555554', '333333333.33333325'], ['41b3de4355555555', '333333333.3333333'], ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'], ['becbf647612f3696', '-0.0000033333333333333333'], ['43143ff3c1cb0959', '1424953923781206.2'],
];

test('the numbers of the RFC’s appendix are written as it says, and those that it refuses are refused', () => {
  const number = (bits: string): number => Buffer.from(bits, 'hex').readDoubleBE();
  expect(numbers.map(([bits]) => canonicalJson(number(bits)))).toEqual(numbers.map(([, written]) => written));
  for (const bits of ['7fffffffffffffff', '7ff0000000000000']) expect(() => canonicalJson(number(bits))).toThrow(TypeError);
});

test('the examples of the RFC’s sections 3.2.2 and 3.2.3 come out as they are printed there', () => {
  const given = String.raw`{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }`;
  expect(canonicalJson(JSON.parse(given))).toBe(String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`);
  const sorted = String.raw`{ "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis" }`;
  const values = Object.values(JSON.parse(canonicalJson(JSON.parse(sorted))) as object);
  // `1` is read back first: it is an index to ECMAScript; its place is seen in the text
  expect(canonicalJson(JSON.parse(sorted)).indexOf('"1"')).toBeGreaterThan(canonicalJson(JSON.parse(sorted)).indexOf(String.raw`"\r"`));
  expect(values.filter((value) => value !== 'One')).toEqual(['Carriage Return', 'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face', 'Hebrew Letter Dalet With Dagesh']);
});
