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
  /** Whose portfolios alone they see while INVESTOR is their only role. */
  readonly investorIds: readonly string[];
  readonly createdAt: Date;
  readonly lastSignedInAt: Date | null;
}

/** They travel in access tokens, and those in cookies. */
const INVESTORS_MAX = 20;
const INVESTOR = /^[a-z]+_[0-9a-z]{1,40}$/;
const EMAIL = /^[^\s@"<>]{1,64}@[^\s@"<>]{1,189}$/u;

/** As it is kept and compared. */
export const asEmail = (text: string): string => text.trim().toLowerCase();

export function newUser(user: Omit<User, 'lastSignedInAt'>): User {
  const email = asEmail(user.email);
  if (!EMAIL.test(email)) throw invalid('that is not an e-mail address', 'email');
  if (user.roles.length === 0) throw invalid('a user has at least one role', 'roles');
  return { ...user, email, displayName: named(user.displayName, 'displayName'), roles: rolesIn(user.roles), investorIds: investorsIn(user.investorIds), lastSignedInAt: null };
}

/** Each once. Throws INVALID for what is no id, and for more than a token can name. */
export function investorsIn(ids: readonly string[]): readonly string[] {
  const found = [...new Set(ids)];
  if (found.length > INVESTORS_MAX) throw invalid(`at most ${INVESTORS_MAX} investors`, 'investorIds');
  const wrong = ids.findIndex((id) => !INVESTOR.test(id));
  if (wrong !== -1) throw invalid('that is not the id of an investor', 'investorIds', String(wrong));
  return found;
}

/** `otherAdmins`: how many other users of the organisation are ADMIN. */
export function withRoles(user: User, roles: readonly Role[], otherAdmins: number): User {
  if (user.roles.includes('ADMIN') && !roles.includes('ADMIN') && otherAdmins === 0)
    throw new Refusal('CONFLICT', 'the organisation would be left without an ADMIN', ['roles']);
  return { ...user, roles: rolesIn(roles) };
}
