/** Whose tokens are believed, and where the keys to check them are. */
import { type Authenticate, authenticator, remoteKeys } from '@pms/identity/tokens';
import type { Environment } from './environment.ts';

const AUDIENCE = 'pms-api';

/** `get` for a server of keys that wants to know who asks. */
export const trusting = (issuer: string, keysUrl: string, get?: typeof fetch): Authenticate => authenticator([{ issuer, audience: AUDIENCE, keys: remoteKeys(keysUrl, get) }]);

/** Straight at the auth domain where its address is known, else where the issuer publishes them. */
export const keysAddress = ({ jwksUrl, subgraphUrls }: Environment, issuer: string): string => jwksUrl ?? new URL('/oauth2/jwks', subgraphUrls.get('auth') ?? issuer).href;
