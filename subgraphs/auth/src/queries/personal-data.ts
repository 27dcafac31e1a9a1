/** Everything that this domain holds about one person, readable: what a person may ask for (GDPR, article 15), in a form that another program reads (article 20). */
import { notFound } from '@pms/errors';
import type { AuthContext } from '../context.ts';
import type { User } from '../domain/user.ts';
import type { ToldOf } from '../store/people-reads.ts';

export interface PersonalData {
  readonly id: string;
  readonly exportedAt: string;
  readonly identity: {
    readonly user: Readonly<Record<keyof User, unknown>>;
    readonly sessions: number;
    readonly legalHolds: readonly object[];
    /** What was told about them, with what was sealed opened. */
    readonly events: readonly ToldOf[];
  };
}

/** Who asks, and where. */
export interface Asking extends Pick<AuthContext, 'store' | 'now'> {
  readonly principal: Pick<AuthContext['principal'], 'organizationId' | 'subject' | 'scopes'>;
}

/** One's own, or anybody's in the organisation for those who manage identities. Throws NOT_FOUND, also where it is another's and the asker may not. */
export async function personalData(ctx: Asking, userId: string): Promise<PersonalData> {
  const { principal: { organizationId, subject, scopes }, store } = ctx;
  // to those who may not know, somebody and nobody look alike
  const [user] = userId === subject || scopes.has('identity:manage') ? await store.users(organizationId, [userId]) : [];
  if (user === undefined) throw notFound('user', userId);
  const [sessions, legalHolds, events] = await Promise.all([store.people.sessions(userId), store.people.holds(organizationId, userId), store.people.told(organizationId, userId)]);
  return { id: userId, exportedAt: ctx.now().toISOString(), identity: { user: { ...user }, sessions, legalHolds, events } };
}

/** The same for the command line; null where there is no such user. */
export async function aboutPerson(ctx: Pick<Asking, 'store' | 'now'>, organizationId: string, userId: string): Promise<PersonalData | null> {
  if ((await ctx.store.users(organizationId, [userId])).length === 0) return null;
  return personalData({ ...ctx, principal: { organizationId, subject: userId, scopes: new Set() } }, userId);
}
