/** One-time passwords against the values that their standards publish. */
import { expect, test } from 'vitest';
import { acceptedStep, base32, hotp, otpauthUri, stepOf } from './totp.ts';

const SECRET = Buffer.from('12345678901234567890');

test('the counters of RFC 4226, appendix D', () => {
  expect(Array.from({ length: 10 }, (_, counter) => hotp(SECRET, counter)))
    .toEqual(['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']);
});

const seeds = {
  sha1: SECRET,
  sha256: Buffer.from('12345678901234567890123456789012'),
  sha512: Buffer.from('1234567890123456789012345678901234567890123456789012345678901234'),
} as const;

test.each([
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
])('the times of RFC 6238, appendix B: %i s', (seconds, sha1, sha256, sha512) => {
  const step = stepOf(new Date(seconds * 1_000));
  expect((['sha1', 'sha256', 'sha512'] as const).map((hash) => hotp(seeds[hash], step, 8, hash))).toEqual([sha1, sha256, sha512]);
});

test('the words of RFC 4648, section 10', () => {
  expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((word) => base32(Buffer.from(word)))).toEqual(['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI']);
});

test('a code is taken one step early or late, not two, and no code for a step that is spent', () => {
  const at = new Date(1_234_567_890_000);
  const now = stepOf(at);
  const taken = (step: number, lastStep = 0): number | null => acceptedStep(SECRET, hotp(SECRET, step), at, lastStep);
  expect([-2, -1, 0, 1, 2].map((aside) => taken(now + aside))).toEqual([null, now - 1, now, now + 1, null]);
  expect([taken(now, now - 1), taken(now, now), taken(now - 1, now), taken(now + 1, now)]).toEqual([now, null, null, now + 1]);
  for (const wrong of ['', '12345', '1234567', '٠٠٠٠٠٠', hotp(SECRET, now).slice(1)]) expect(acceptedStep(SECRET, wrong, at, 0)).toBeNull();
});

test('an app is told the account, the issuer and the secret', () => {
  const uri = new URL(otpauthUri(SECRET, 'ada@example.com', 'PMS & Co'));
  expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual(['otpauth:', 'totp', '/PMS & Co:ada@example.com']);
  expect(Object.fromEntries(uri.searchParams)).toEqual({ secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', issuer: 'PMS & Co', algorithm: 'SHA1', digits: '6', period: '30' });
});
