/** Tokens that were revoked: for requests, on websockets that are open, under subscriptions that others share; and what is remembered of them. */
import type { Principal } from '@pms/identity/principal';
import { afterEach, describe, expect, test } from 'vitest';
import { type RevocationList, revocationList } from '@pms/identity/revocations';
import { someone } from './federation.ts';
import { dials, hear, openMarket } from './market.ts';
import { until } from './shop.ts';

const HOUR_MS = 3_600_000;
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** `Bearer ann-5` is Ann's token that was issued in second 5. */
async function byName(authorization: string | undefined): Promise<Principal | null> {
  const [, subject, issuedAt] = /^Bearer (\w+)-(\d+)/.exec(authorization ?? '') ?? [];
  return subject === undefined ? null : { ...someone(), subject, tokenId: `${subject}-${issuedAt}`, issuedAt: Number(issuedAt) };
}
const now = Math.floor(Date.now() / 1_000);
const bearer = (name: string, issuedAt = now - 100) => ({ authorization: `Bearer ${name}-${issuedAt}` });

describe.each(dials)('%s', (kind) => {
  test('requests of a revoked token are refused, its subscriptions end, and those of others and of a newer token go on', async () => {
    const revocations: RevocationList = revocationList(HOUR_MS);
    const market = await openMarket(kind, { authenticate: byName, revocations, settings: { subscriptions: { conflate: { price: [] } } } });
    open.push(() => market.close());
    const query = 'subscription { price { n } }';
    const [old, renewed, other] = [bearer('ann'), bearer('ann', now + 100), bearer('bob')].map((who) => hear(market, query, who));
    open.push(...[old, renewed, other].map((one) => one!.stop));
    for (const one of [old, renewed, other]) await until(() => one!.events.length === 1);
    const ask = (headers: Record<string, string>) => fetch(`${market.router.url}/graphql`, {
      method: 'POST', body: '{"query":"{ now }"}', headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    });
    expect((await ask(bearer('ann'))).status).toBe(200);
    revocations.revoke('ann', Date.now());
    await until(() => old!.ended() !== null);
    expect(old!.ended()).toMatchObject([{ message: 'the access token was revoked', extensions: { code: 'UNAUTHENTICATED' } }]);
    const refused = await ask(bearer('ann'));
    expect([refused.status, await refused.json()]).toMatchObject([401, { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
    expect([(await ask(bearer('ann', now + 100))).status, (await ask(bearer('bob'))).status]).toEqual([200, 200]);
    market.feeds.price.tell({ price: { n: 7 } });
    for (const one of [renewed, other]) await until(() => one!.events.at(-1).price.n === 7);
    // Ann's two shared one source, which ran under the token that is gone
    if (kind === 'over HTTP') expect(market.remotes.get('feeds')?.connections).toContainEqual(expect.objectContaining(bearer('ann', now + 100)));
    expect([renewed!.ended(), other!.ended(), market.feeds.price.listeners()]).toEqual([null, null, 2]);
  });
});

test('while it cannot be told what was revoked, requests are refused to be asked again, and subscriptions end', async () => {
  const revocations: RevocationList = revocationList(HOUR_MS);
  const market = await openMarket('in process', { authenticate: byName, revocations });
  open.push(() => market.close());
  const subscribed = hear(market, 'subscription { price { n } }', bearer('ann'));
  open.push(subscribed.stop);
  await until(() => subscribed.events.length === 1);
  revocations.doubt(true);
  await until(() => subscribed.ended() !== null);
  const doubt = { extensions: { code: 'SUBGRAPH_UNAVAILABLE', reason: 'REVOCATIONS_UNKNOWN' } };
  expect(subscribed.ended()).toMatchObject([doubt]);
  const ask = (headers: Record<string, string>) => fetch(`${market.router.url}/graphql`, {
    method: 'POST', body: '{"query":"{ now }"}', headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
  });
  const refused = await ask(bearer('ann'));
  expect([refused.status, await refused.json(), (await ask({})).status]).toMatchObject([503, { errors: [doubt] }, 200]);
  revocations.doubt(false);
  expect((await ask(bearer('ann'))).status).toBe(200);
});

test('what was issued in the very second of the revocation counts as revoked, what another issuer says does not concern it', () => {
  const list = revocationList(HOUR_MS, () => 10_900);
  list.revoke('ann', 10_500);
  const issued = (issuedAt: number | undefined, issuer?: string): boolean =>
    list.isRevoked({ ...someone(), subject: 'ann', ...(issuedAt === undefined ? {} : { issuedAt }), ...(issuer === undefined ? {} : { issuer }) });
  expect([issued(9), issued(10), issued(11), issued(undefined), issued(9, 'https://elsewhere.example')]).toEqual([true, true, false, true, false]);
  expect(list.isRevoked({ ...someone(), subject: 'bob', issuedAt: 9 })).toBe(false);
});

test('one token may be spared, until a later revocation spares it no longer', () => {
  const list = revocationList(HOUR_MS, () => 10_900);
  const revoked = (tokenId: string): boolean => list.isRevoked({ ...someone(), subject: 'ann', tokenId, issuedAt: 9 });
  list.revoke('ann', 10_500, 'own');
  expect([revoked('own'), revoked('other')]).toEqual([false, true]);
  list.revoke('ann', 10_400);
  expect(revoked('own')).toBe(false);
  list.revoke('ann', 10_600);
  expect([revoked('own'), revoked('other')]).toEqual([true, true]);
});

test('a revocation is forgotten when every token that it concerned has expired, and told once', () => {
  let at = 0;
  let told = 0;
  const list = revocationList(1_000, () => at);
  const stop = list.onRevoked(() => void (told += 1));
  list.revoke('ann', 500);
  list.revoke('ann', 500);
  list.revoke('ann', 400);
  at = 1_400;
  list.revoke('bob', 1_400);
  list.revoke('late', 399);
  expect([list.size(), told]).toEqual([2, 2]);
  at = 1_501;
  stop();
  list.revoke('cid', 1_501);
  expect([list.size(), told, list.isRevoked({ ...someone(), subject: 'ann', issuedAt: 0 })]).toEqual([2, 2, false]);
});
