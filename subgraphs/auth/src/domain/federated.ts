/** What an organisation's own provider says of a person, in our words. Refuses those whom nothing of it puts into an organisation or a role. */
import { Refusal } from '@pms/errors';
import { type Role, rolesIn } from './role.ts';
import { asEmail } from './user.ts';

/** Which claims mean what. */
export interface ClaimMapping {
  readonly organizationId?: string | undefined;
  readonly organizations?: { readonly claim: string; readonly values: Readonly<Record<string, string>> } | undefined;
  readonly roles: { readonly claim: string; readonly values: Readonly<Record<string, readonly Role[]>>; readonly otherwise: readonly Role[] };
}

export interface FederatedPerson {
  readonly issuer: string;
  /** Who they are at their provider. */
  readonly subject: string;
  readonly organizationId: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly displayName: string;
  readonly roles: readonly Role[];
}

const NAME_CHARACTERS_MAX = 200;

/** Texts of a claim, which may be one or a list. A name with dots leads into objects, unless the whole is a claim itself. */
function textsOf(claims: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>((within, key) => (typeof within === 'object' && within !== null && Object.hasOwn(within, key) ? (within as Record<string, unknown>)[key] : undefined), claims);
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');
}

const mapped = <T>(values: Readonly<Record<string, T>>, texts: readonly string[]): T[] => texts.flatMap((text) => (Object.hasOwn(values, text) ? [values[text] as T] : []));

/** Throws NOT_PERMITTED, with what is missing. */
export function federatedPerson(issuer: string, claims: Readonly<Record<string, unknown>>, mapping: ClaimMapping): FederatedPerson {
  const [subject] = textsOf(claims, 'sub');
  const [email] = textsOf(claims, 'email');
  if (subject === undefined) throw new Refusal('NOT_PERMITTED', 'the provider does not say who this is');
  if (email === undefined) throw new Refusal('NOT_PERMITTED', 'the provider names no e-mail address');
  const found = mapping.organizations === undefined ? [mapping.organizationId ?? ''] : [...new Set(mapped(mapping.organizations.values, textsOf(claims, mapping.organizations.claim)))];
  const [organizationId] = found;
  if (organizationId === undefined || organizationId === '' || found.length > 1) throw new Refusal('NOT_PERMITTED', 'nothing that the provider says puts them into one organisation here');
  const given = mapped(mapping.roles.values, textsOf(claims, mapping.roles.claim)).flat();
  const roles = rolesIn(given.length > 0 ? given : mapping.roles.otherwise);
  if (roles.length === 0) throw new Refusal('NOT_PERMITTED', 'nothing that the provider says gives them a role here');
  const [name] = textsOf(claims, 'name');
  return {
    issuer, subject, organizationId, email: asEmail(email), emailVerified: claims['email_verified'] === true, roles,
    displayName: (name === undefined || name.trim() === '' ? email : name.trim()).slice(0, NAME_CHARACTERS_MAX),
  };
}
