/** `pms token` and `pms found`: what a person at the command line does with accounts. Works beside a running platform, or without one. */
import process from 'node:process';
import { authSubgraph, type AuthSubgraph } from '@pms/auth';
import { StartError } from '@pms/prisma/embedded';
import { silent } from '@pms/telemetry/logger';
import { openDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { runningHere } from './port.ts';
import { alone } from './world.ts';

export async function printToken(environment: Environment, { user, client }: { readonly user?: string; readonly client?: string }): Promise<void> {
  if ((user === undefined) === (client === undefined)) throw new StartError('Name either a user (--user trader@demo.example) or a service client (--client demo).');
  // A token names its issuer: the platform that runs here, on whatever port it was started.
  const issuer = environment.issuer ?? runningHere(environment.home)?.url ?? environment.publicUrl;
  const { token } = await withAuth({ ...environment, issuer }, (auth) => auth.issueToken(user === undefined ? { clientId: client ?? '' } : { email: user }));
  console.log(token);
}

export async function found(environment: Environment, name: string, adminEmail: string): Promise<void> {
  const adminPassword = process.env['PMS_ADMIN_PASSWORD'];
  if (adminPassword === undefined) throw new StartError('Set PMS_ADMIN_PASSWORD to the password of the administrator.');
  const { organizationId, userId } = await withAuth(environment, (auth) => auth.bootstrapOrganization({ name, adminEmail, adminPassword }));
  console.log(`organisation ${organizationId}, administrator ${userId}`);
}

/** A refusal of the domain is a sentence already. */
async function withAuth<T>(environment: Environment, work: (auth: AuthSubgraph) => Promise<T>): Promise<T> {
  const { url, close } = await openDatabase(environment);
  const { surroundings, database } = await alone(environment, url, { domain: 'auth', logger: silent });
  const auth = authSubgraph(surroundings);
  try {
    return await work(auth);
  } catch (error) {
    if (!(error instanceof Error) || (error.name !== 'DomainError' && error.name !== 'Refusal')) throw error;
    throw new StartError(`${error.message}.`);
  } finally {
    await auth.close();
    await database.close();
    await close();
  }
}
