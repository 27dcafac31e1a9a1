/** Tokens that look right and are not: each made from one that holds, with one thing wrong. */
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { tokenSigned } from './clients.ts';
import type { Platform } from './platform.ts';

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const HOUR_MS = 3_600_000;

/**
 * By what is wrong with them. Two carry the platform's own signature. The wrong audience has a foreign one besides; that a right
 * signature does not save it is tested where tokens are verified (platform/identity).
 */
export async function forged(platform: Platform, genuine: string): Promise<Record<string, string>> {
  const claims = decodeJwt(genuine);
  const [header = '', , signature = ''] = genuine.split('.');
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const kid = (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: string }).kid ?? '';
  const jwk = await exportJWK(publicKey);
  const signed = (over: JWTPayload, protectedHeader: object = {}): Promise<string> =>
    new SignJWT({ ...claims, ...over }).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid, ...protectedHeader }).sign(privateKey);
  return {
    'not a token': 'rubbish',
    expired: await tokenSigned(platform, { now: new Date(Date.now() - HOUR_MS) }),
    'foreign issuer': await tokenSigned(platform, { issuer: 'https://issuer.example' }),
    'wrong audience': await signed({ aud: 'another-api' }),
    'foreign key': await signed({}),
    'brings its own key': await signed({}, { jwk }),
    'alg none': `${base64url({ alg: 'none', typ: 'at+jwt', kid })}.${base64url(claims)}.`,
    'alg none with a signature': `${base64url({ alg: 'none', typ: 'at+jwt', kid })}.${base64url(claims)}.${signature}`,
    tampered: `${header}.${base64url({ ...claims, org: 'org_other', scope: 'identity:manage' })}.${signature}`,
    'signed with the public key': await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid }).sign(Buffer.from(JSON.stringify(jwk))),
  };
}
