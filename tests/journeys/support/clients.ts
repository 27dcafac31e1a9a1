/** Who a journey is told about: the demo's service client and users, and a second organisation, each with a client of their own. */
import { createClient, type PmsClient, PmsError } from '@pms/client';
import { CreateServiceClientDocument } from '@pms/client/generated';
import { type AuthSubgraph, authSubgraph } from '@pms/auth';
import { newId } from '@pms/events/ids';
import { localLive } from '@pms/events/live';
import { connect } from '@pms/prisma/connect';
import { secretsOf } from '@pms/processes/secrets';
import { silent } from '@pms/telemetry/logger';
import { parse } from 'graphql';
import type { Platform } from './platform.ts';
import { signIn } from './sign-in.ts';

export const serviceClient = ({ url }: Platform): PmsClient => createClient({ url, credentials: { clientId: 'demo', clientSecret: 'demo-secret' } });

/** A user of the demo world, signed in with a password. */
export async function userClient({ url }: Platform, name: 'admin' | 'manager' | 'trader' | 'risk' | 'compliance'): Promise<PmsClient> {
  const { accessToken } = await signIn(url, { email: `${name}@demo.example`, password: 'demo' });
  return createClient({ url, token: accessToken });
}

/** An operation as it is written, for answers whose shape the journey states by asserting on it. */
// oxlint-disable-next-line typescript/no-explicit-any -- the shape is what the journey asserts
export const operation = (text: string): any => parse(text);

/** The PmsError that it ends with. */
export async function refusal(work: Promise<unknown>): Promise<PmsError> {
  const outcome = await work.then((value) => ({ value }), (error: unknown) => ({ error }));
  if ('error' in outcome && outcome.error instanceof PmsError) return outcome.error;
  throw new Error(`expected a PmsError, got ${JSON.stringify('value' in outcome ? outcome.value : String(outcome.error))}`);
}

const scopes = [
  'portfolio:read', 'portfolio:write', 'trade:read', 'trade:write', 'market:read', 'market:write', 'market:ingest', 'compliance:read',
  'books:read', 'books:write', 'settlement:operate', 'analytics:read', 'leaderboard:read', 'audit:read',
];

export interface Organization {
  readonly admin: PmsClient;
  readonly service: PmsClient;
}

/** Founded as a production platform's first organisation is; its service client is made by its administrator through the API. */
export async function foundOrganization(platform: Platform, name: string): Promise<Organization> {
  const email = `head@${name}.example`;
  const password = `the password of ${name}`;
  await bootstrapped(platform, { name, adminEmail: email, adminPassword: password });
  const admin = createClient({ url: platform.url, token: (await signIn(platform.url, { email, password })).accessToken });
  return { admin, service: await newServiceClient(platform, admin, name) };
}

export async function newServiceClient({ url }: Platform, admin: PmsClient, name: string): Promise<PmsClient> {
  const { createServiceClient: made } = await admin.mutate(CreateServiceClientDocument, { input: { name, scopes } });
  if (made.serviceClient == null || made.secret == null) throw new Error(`no service client: ${JSON.stringify(made.userErrors)}`);
  return createClient({ url, credentials: { clientId: made.serviceClient.clientId, clientSecret: made.secret } });
}

const bootstrapped = (platform: Platform, input: { name: string; adminEmail: string; adminPassword: string }): Promise<unknown> =>
  withAuth(platform, {}, (auth) => auth.bootstrapOrganization(input));

/** A token of the demo's service client with the platform's own signature, as another issuer or another time would have it. */
export const tokenSigned = async (platform: Platform, over: { readonly issuer?: string; readonly now?: Date }): Promise<string> =>
  (await withAuth(platform, over, (auth) => auth.issueToken({ clientId: 'demo' }))).token;

/** The auth domain beside the running platform, on its database and with its secrets. */
async function withAuth<T>({ url, databaseUrl, home }: Platform, { issuer = url, now }: { readonly issuer?: string; readonly now?: Date }, work: (auth: AuthSubgraph) => Promise<T>): Promise<T> {
  const database = connect(databaseUrl, { poolMax: 2 });
  const live = localLive();
  const secret = secretsOf({ production: false, secrets: new Map(), home });
  const auth = authSubgraph({
    database, live, logger: silent, wake: () => undefined, newId, now: () => now ?? new Date(), settings: { production: false, demo: true, issuer, secret },
  });
  try {
    return await work(auth);
  } finally {
    await auth.close();
    await live.close();
    await database.close();
  }
}
