/** A token issuer for the benchmark: its keys over HTTP, and tokens of as many clients as are asked for, so that none passes its limit. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface Issuer {
  readonly url: string;
  tokens(clients: number): Promise<string[]>;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }] });
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(jwks));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const signed = (at: number): Promise<string> =>
    new SignJWT({ token_use: 'SERVICE', org: 'org_bench', roles: [], scope: 'portfolio:read' })
      .setProtectedHeader({ alg: 'RS256', kid: 'bench', typ: 'at+jwt' })
      .setIssuer(url).setAudience('pms-api').setSubject(`svc_bench${String(at)}`).setJti(`tok_${String(at)}`).setIssuedAt().setExpirationTime('24h').sign(privateKey);
  return {
    url,
    tokens: (clients) => Promise.all(Array.from({ length: clients }, (_, at) => signed(at))),
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
