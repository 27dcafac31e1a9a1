/**
 * Finds or makes the account of somebody whom their organisation's own provider let in, and gives them the roles that it says, each time anew. An
 * account that others made is theirs only where the provider may link by address, and has verified it.
 */
import { Refusal } from '@pms/errors';
import { event } from '@pms/events/envelope';
import { rolesAssigned, userCreated } from '@pms/schema/events/auth';
import type { Accounts } from '../context.ts';
import type { FederatedPerson } from '../domain/federated.ts';
import { newUser, type User, withRoles } from '../domain/user.ts';
import type { AuthWrites } from '../store/writes.ts';
import { newSecret } from './new-secret.ts';

/** Throws NOT_PERMITTED where the address is somebody else's. */
export async function admitFederated({ store, hashing, newId, now }: Accounts, person: FederatedPerson, { linkByEmail }: { readonly linkByEmail: boolean }): Promise<User> {
  const { organizationId, issuer, subject } = person;
  if ((await store.organizations([organizationId])).length === 0) throw new Refusal('NOT_PERMITTED', 'their organisation is not known here');
  const nobodyKnowsIt = await hashing.hash(newSecret()); // outside of the transaction: it takes its time
  const at = now();
  const maker = (actor: string) => ({ origin: { organizationId, actor, correlationId: newId('req'), causationId: null }, newId, now });
  return store.transaction(async (tx) => {
    const known = await tx.federatedUser(issuer, subject);
    const linked = known ?? (linkByEmail && person.emailVerified ? await tx.userOfEmail(organizationId, person.email) : null);
    if (linked !== null) {
      if (linked.organizationId !== organizationId) throw new Refusal('NOT_PERMITTED', 'they belong to another organisation here');
      if (known === null) await tx.linkFederated(person, linked.id, at);
      return withTheirRoles(tx, linked, person, maker(linked.id));
    }
    const user = newUser({ id: newId('usr'), organizationId, email: person.email, displayName: person.displayName, roles: person.roles, investorIds: [], createdAt: at });
    const sealed = await tx.insertUser(user, nobodyKnowsIt);
    if (sealed === null) throw new Refusal('NOT_PERMITTED', 'somebody signs in here with their e-mail address already');
    await tx.linkFederated(person, user.id, at);
    await tx.outbox.add([event(userCreated, user.id, { userId: user.id, ...sealed, roles: [...user.roles], investorIds: [] }, maker('system:auth'))]);
    return user;
  });
}

/** The provider decides, in either direction; tokens of roles that were taken away hold no longer. */
async function withTheirRoles(tx: AuthWrites, user: User, { roles }: FederatedPerson, maker: Parameters<typeof event>[3]): Promise<User> {
  if (user.roles.length === roles.length && user.roles.every((role) => roles.includes(role))) return user;
  const after = withRoles(user, roles, await tx.otherAdmins(user.organizationId, user.id));
  await tx.saveRoles(after);
  if (user.roles.some((role) => !after.roles.includes(role))) await tx.revokeTokens(user.id, maker.now());
  await tx.outbox.add([event(rolesAssigned, user.id, { userId: user.id, before: [...user.roles], roles: [...after.roles] }, maker)]);
  return after;
}
