import { expect, test } from 'vitest';
import { signedHeaders } from './aws-signature.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const when = { region: 'us-east-1', at: new Date('2013-05-24T00:00:00Z') };
const signatureOf = (method: string, path: string, headers: Record<string, string> = {}, body = ''): string | undefined =>
  /Signature=(\w+)$/.exec(signedHeaders({ method, url: new URL(`https://examplebucket.s3.amazonaws.com${path}`), headers, body }, credentials, when)['authorization'] ?? '')?.[1];

test('requests are signed as in the examples of Amazon’s documentation', () => {
  expect(signatureOf('GET', '/test.txt', { range: 'bytes=0-9' })).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  expect(signatureOf('PUT', '/test$file.text', { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' }, 'Welcome to Amazon S3.'))
    .toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  expect(signatureOf('GET', '/?lifecycle')).toBe('fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543');
  expect(signatureOf('GET', '/?max-keys=2&prefix=J')).toBe('34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7');
});

test('a token of a role is sent and signed', () => {
  const headers = signedHeaders({ method: 'GET', url: new URL('https://b.s3.eu-central-1.amazonaws.com/a%20b'), headers: {}, body: '' }, { ...credentials, sessionToken: 'tok' }, when);
  expect(headers).toMatchObject({ 'x-amz-security-token': 'tok', authorization: expect.stringContaining('SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token') });
});
