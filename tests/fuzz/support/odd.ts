/** Values that parsers stumble over, whatever they parse. */

/** Names that every plain object has, without anybody having put them there. */
export const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'] as const;

export const oddTexts: readonly string[] = [
  '', ' ', '\t', '\0', '\uFEFF', '\uFFFD', '\uD800', '\u2028', '\u202E', '\u00A0', '９', 'ﬁ', '\u{1F4A9}', '\r', '\n', '"', "'", '\\', '`', '=', '=1+1', '@x', '+', '-', '--', ';', ',', '|', ':', '/', '..', '%00', '%',
  '0', '-0', '00', '.', '.5', '5.', '1e5', '1e309', '0x10', '1_000', '1,000', '1.000,5', '(1)', '-(1)', 'NaN', 'Infinity', '9'.repeat(400), `0.${'0'.repeat(400)}1`, '99999999999999999999.999999999999999999', '9007199254740993',
  '0000-00-00', '2026-02-30', '2024-02-29', '10000-01-01', '+275760-09-13', '2026-11-20T24:00:00Z', '2026-11-20T14:30:60Z', '2026-11-20T14:30:00+99:99', '20261320', '99999999',
  'null', 'undefined', 'true', '[]', '{}', '<', '>', '&', '&lt;', '&#x110000;', '&#0;', '<![CDATA[', ']]>', '<!--', '<?', '{', '}', '${x}', '\u0001', '\u001B[31m', 'x'.repeat(5_000), ...inherited,
];

export const oddValues: readonly unknown[] = [
  ...oddTexts, null, true, false, 0, -0, -1, 1e308, 2 ** 53, 0.1, [], {}, [null], [[]], { a: {} }, JSON.parse('{"__proto__":{"polluted":true}}'), JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
];

/** Nothing may have been written where all objects look. */
export const isPolluted = (): boolean => Object.keys(Object.prototype).length > 0 || 'polluted' in {};
