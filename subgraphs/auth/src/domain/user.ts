/** A person who signs in with an e-mail address and a password. Refuses addresses that cannot be one, and roles that would leave nobody in charge. */
import { invalid, Refusal } from '@pms/errors';
import { named } from './name.ts';
import { type Role, rolesIn } from './role.ts';

export interface User {
  readonly id: string;
  readonly organizationId: string;
  /** In lower case. */
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
  readonly lastSignedInAt: Date | null;
}

const EMAIL = /^[^\s@"<>]{1,64}@[^\s@"<>]{1,189}$/u;

/** As it is kept and compared. */
export const asEmail = (text: string): string => text.trim().toLowerCase();

export function newUser(user: Omit<User, 'lastSignedInAt'>): User {
  const email = asEmail(user.email);
  if (!EMAIL.test(email)) throw invalid('that is not an e-mail address', 'email');
  if (user.roles.length === 0) throw invalid('a user has at least one role', 'roles');
  return { ...user, email, displayName: named(user.displayName, 'displayName'), roles: rolesIn(user.roles), lastSignedInAt: null };
}

/** `otherAdmins`: how many other users of the organisation are ADMIN. */
export function withRoles(user: User, roles: readonly Role[], otherAdmins: number): User {
  if (user.roles.includes('ADMIN') && !roles.includes('ADMIN') && otherAdmins === 0)
    throw new Refusal('CONFLICT', 'the organisation would be left without an ADMIN', ['roles']);
  return { ...user, roles: rolesIn(roles) };
}
