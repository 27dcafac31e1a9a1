/** A user's passkey: the public half of a WebAuthn credential, and how often it says it was used. */
export interface Passkey {
  /** The credential's own id, base64url. */
  readonly id: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** 0 for authenticators that do not count. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Of one user. */
export const PASSKEYS_MAX = 20;
