/** A program that signs in with a secret, and what its tokens may allow. Refuses scopes that do not exist, and more rights than its maker has. */
import { invalid, Refusal } from '@pms/errors';
import { named } from './name.ts';

export interface ServiceClient {
  readonly id: string;
  readonly organizationId: string;
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly secretRotatedAt: Date;
  /** Until when the secret before holds as well; null, or a time that has passed: it does not. */
  readonly previousSecretValidUntil: Date | null;
}

export interface Grantable {
  /** Every scope there is. */
  readonly known: readonly string[];
  /** The maker's own: nobody gives what they do not have. */
  readonly held: ReadonlySet<string>;
}

export function newServiceClient(client: ServiceClient, { known, held }: Grantable): ServiceClient {
  for (const [index, scope] of client.scopes.entries()) {
    if (!known.includes(scope)) throw invalid(`there is no scope ${JSON.stringify(scope)}`, 'scopes', String(index));
    if (!held.has(scope)) throw new Refusal('NOT_PERMITTED', `you cannot give ${scope}: you do not have it`, ['scopes', String(index)]);
  }
  if (client.scopes.length === 0) throw invalid('a service client has at least one scope', 'scopes');
  return { ...client, name: named(client.name, 'name'), scopes: known.filter((scope) => client.scopes.includes(scope)) };
}
