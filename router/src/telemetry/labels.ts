/** Values of metric labels. Clients choose names, so each set of values is bounded: what comes after the last one is `other`. */
import type { Principal } from '@pms/identity/principal';

export const OTHER = 'other';

/** Gives back the names that it has room for, first come. */
export function bounded(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= most) return OTHER;
    known.add(name);
    return name;
  };
}

export interface Client {
  readonly name: string;
  /** Empty where it did not say. */
  readonly version: string;
}

const NAME = /^[\w .:@/+-]{1,64}$/;

/** What a client calls itself, where that is a name; nothing is believed because of it. */
export function clientFrom(name: unknown, version: unknown): Client | null {
  if (typeof name !== 'string' || !NAME.test(name)) return null;
  return { name, version: typeof version === 'string' && NAME.test(version) ? version : '' };
}

const anonymous: Client = { name: 'anonymous', version: '' };
const user: Client = { name: 'user', version: '' };

/** Of one that does not say: a service by its id, a person as one among all. */
export function clientOf(principal: Principal | null): Client {
  if (principal === null) return anonymous;
  return principal.kind === 'SERVICE' ? { name: principal.subject, version: '' } : user;
}
