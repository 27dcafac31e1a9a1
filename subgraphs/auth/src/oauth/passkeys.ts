/**
 * WebAuthn: questions to a person's authenticator and their answers. A question is asked for one purpose, for five minutes and once; answers
 * count from our own origin alone, with the person verified by their authenticator, so that a passkey signs in without a password.
 */
import { Refusal } from '@pms/errors';
import {
  type AuthenticationResponseJSON, generateAuthenticationOptions, generateRegistrationOptions, type PublicKeyCredentialCreationOptionsJSON, type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON, verifyAuthenticationResponse, verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Passkey } from '../domain/passkey.ts';
import type { User } from '../domain/user.ts';
import type { ArtifactStore } from '../store/artifact-store.ts';
import type { FactorStore } from '../store/factor-store.ts';
import type { Sealing } from './sealing.ts';

const QUESTION_MS = 300_000;
const MODEL = 'PasskeyQuestion';
const RP_NAME = 'PMS';

export interface Passkeys {
  /** What the browser gives to `navigator.credentials.create`. */
  askToRegister(user: User): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** Throws INVALID for an answer to another question, from another origin, or without the person verified. */
  register(user: User, answer: unknown, name: string): Promise<Passkey>;
  /** What the browser gives to `navigator.credentials.get`. `sign-in` is which. */
  askToSignIn(signIn: string): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** Whose passkey answered; null for an answer that does not hold. */
  signIn(signIn: string, answer: unknown): Promise<Passkey | null>;
}

export interface PasskeyParts {
  readonly factors: FactorStore;
  readonly artifacts: ArtifactStore;
  readonly issuer: string;
  sealing(): Promise<Sealing>;
  now(): Date;
}

const base64url = z.string().regex(/^[\w-]{1,8192}={0,2}$/);
const shared = { id: base64url, rawId: base64url, type: z.literal('public-key'), clientExtensionResults: z.record(z.string(), z.unknown()).default({}), authenticatorAttachment: z.string().nullish() };
const registration = z.object({ ...shared, response: z.object({ clientDataJSON: base64url, attestationObject: base64url, transports: z.array(z.string().max(32)).max(8).optional() }) });
const assertion = z.object({ ...shared, response: z.object({ clientDataJSON: base64url, authenticatorData: base64url, signature: base64url, userHandle: z.string().max(256).nullish() }) });

export function passkeys({ factors, artifacts, issuer, sealing, now }: PasskeyParts): Passkeys {
  const { origin, hostname: rpID } = new URL(issuer);
  const questions = questionsIn({ artifacts, sealing, now });
  return {
    async askToRegister(user) {
      const { passkeys: known } = await factors.held(user.id);
      const options = await generateRegistrationOptions({
        rpName: RP_NAME, rpID, userName: user.email, userDisplayName: user.displayName, userID: new Uint8Array(Buffer.from(user.id)), timeout: QUESTION_MS, attestationType: 'none',
        excludeCredentials: known.map(({ id }) => ({ id })), authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      await questions.ask(`register ${user.id}`, options.challenge);
      return options;
    },
    async register(user, answer, name) {
      const response = registration.safeParse(answer);
      const expectedChallenge = response.success ? await questions.take(`register ${user.id}`) : null;
      if (!response.success || expectedChallenge === null) throw unusable();
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: response.data as RegistrationResponseJSON, expectedChallenge, expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true,
      }).catch(() => ({ verified: false as const, registrationInfo: undefined }));
      if (!verified || registrationInfo === undefined) throw unusable();
      const { credential: { id, publicKey, counter, transports = [] } } = registrationInfo;
      return { id, userId: user.id, organizationId: user.organizationId, name, publicKey, counter, transports, createdAt: now(), lastUsedAt: null };
    },
    async askToSignIn(signIn) {
      const options = await generateAuthenticationOptions({ rpID, userVerification: 'required', timeout: QUESTION_MS });
      await questions.ask(`sign in ${signIn}`, options.challenge);
      return options;
    },
    async signIn(signIn, answer) {
      const response = assertion.safeParse(answer);
      const expectedChallenge = await questions.take(`sign in ${signIn}`);
      const found = response.success ? await factors.passkey(response.data.id) : null;
      if (!response.success || expectedChallenge === null || found === null) return null;
      if (response.data.response.userHandle != null && Buffer.from(response.data.response.userHandle, 'base64url').toString() !== found.userId) return null;
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: response.data as AuthenticationResponseJSON, expectedChallenge, expectedOrigin: origin, expectedRPID: rpID, requireUserVerification: true,
        credential: { id: found.id, publicKey: found.publicKey, counter: found.counter },
      }).catch(() => ({ verified: false as const, authenticationInfo: undefined }));
      if (!verified || authenticationInfo === undefined) return null;
      return (await factors.usePasskey(found.id, authenticationInfo.newCounter, now())) ? found : null;
    },
  };
}

const unusable = (): Refusal => new Refusal('INVALID', 'that is not the answer of an authenticator to the question of this account, or it came too late', ['response']);

/** Questions that are open, sealed among what the OAuth server remembers. */
function questionsIn({ artifacts, sealing, now }: Pick<PasskeyParts, 'artifacts' | 'sealing' | 'now'>) {
  const keyOf = async (about: string): Promise<string> => (await sealing()).digest(`${MODEL}:${about}`);
  return {
    async ask(about: string, challenge: string): Promise<void> {
      const idHash = await keyOf(about);
      await artifacts.destroy(MODEL, idHash);
      await artifacts.upsert({ model: MODEL, idHash, sealed: (await sealing()).seal(challenge, MODEL), grantId: null, uid: null, accountId: null, expiresAt: new Date(now().getTime() + QUESTION_MS) });
    },
    /** Null when none is open, or somebody was first. */
    async take(about: string): Promise<string | null> {
      const idHash = await keyOf(about);
      const found = await artifacts.find(MODEL, idHash, now());
      if (found === null || !(await artifacts.consume(MODEL, idHash, now()))) return null;
      return (await sealing()).open(found.sealed, MODEL);
    },
  };
}
