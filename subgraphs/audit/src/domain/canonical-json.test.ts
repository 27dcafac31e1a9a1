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
