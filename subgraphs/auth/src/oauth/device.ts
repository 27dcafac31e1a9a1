/**
 * Browsers that have signed in to an account before. Their failed attempts are counted by themselves, so that whoever guesses at an account from
 * elsewhere locks it for strangers, and not for its owner. A cookie says so, sealed; nothing is kept here.
 */
import { randomBytes } from 'node:crypto';
import { cookieValue, hostCookieName } from '@pms/identity/session-cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asEmail } from '../domain/user.ts';
import { cookie } from './cookie.ts';
import type { Sealing } from './sealing.ts';

const DEVICE_SECONDS = 7_776_000;
const RANDOM_BYTES = 16;
const MS_PER_SECOND = 1_000;

export interface DeviceParts {
  readonly issuer: string;
  sealing(): Promise<Sealing>;
  now(): Date;
}

/** A name for this browser at this account; null when it has not signed in to it. */
export async function deviceIn({ issuer, sealing, now }: DeviceParts, { headers }: FastifyRequest, email: string): Promise<string | null> {
  const sealed = cookieValue(headers.cookie, nameFor(issuer));
  if (sealed === null) return null;
  const { open } = await sealing();
  try {
    const { id, until } = JSON.parse(open(sealed, aboutOf(email))) as { readonly id: string; readonly until: number };
    return until > now().getTime() ? id : null;
  } catch {
    return null; // another account's, or not of our making
  }
}

export async function rememberDevice({ issuer, sealing, now }: DeviceParts, reply: FastifyReply, email: string): Promise<void> {
  const device = { id: randomBytes(RANDOM_BYTES).toString('base64url'), until: now().getTime() + DEVICE_SECONDS * MS_PER_SECOND };
  reply.header('set-cookie', cookie(nameFor(issuer), (await sealing()).seal(JSON.stringify(device), aboutOf(email)), DEVICE_SECONDS, issuer));
}

const nameFor = (issuer: string): string => hostCookieName('pms_device', issuer);
const aboutOf = (email: string): string => `device of ${asEmail(email)}`;
