/**
 * Who may ask for tokens: the platform's own public clients (a browser application under the issuer's address, a native one
 * on a loopback port), and the organisations' service clients.
 */
import type { AdapterPayload, ClientMetadata } from 'oidc-provider';
import { DEMO_ORGANIZATION_ID } from '../domain/organization.ts';
import type { AuthStore } from '../store/auth-store.ts';

export const WEB_CLIENT_ID = 'pms-web';
export const NATIVE_CLIENT_ID = 'pms-cli';

export const SESSION_CALLBACK_PATH = '/auth/callback';
/** Where the code for a browser's session goes: back to us. */
export const sessionCallback = (issuer: string): string => `${issuer}${SESSION_CALLBACK_PATH}`;

export interface ClientDirectory {
  /** Undefined for an id that is nobody's. */
  metadata(clientId: string): Promise<AdapterPayload | undefined>;
}

/** What the library keeps of a client and knows nothing of: its scopes, and the hash of the secret before while that one holds. */
export const EXTRA_METADATA = ['allowed_scopes', 'previous_secret'] as const;

export function clientDirectory(store: AuthStore, { demo, now }: { readonly demo: boolean; now(): Date }): ClientDirectory {
  return {
    async metadata(clientId) {
      const found = await store.serviceClientByClientId(clientId);
      if (found === null || (found.serviceClient.organizationId === DEMO_ORGANIZATION_ID && !demo)) return undefined;
      const { serviceClient, secretHash, previousSecretHash } = found;
      const overlaps = previousSecretHash !== null && serviceClient.previousSecretValidUntil !== null && serviceClient.previousSecretValidUntil > now();
      return {
        client_id: serviceClient.clientId, client_name: serviceClient.name, client_secret: secretHash, grant_types: ['client_credentials'],
        redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_basic', allowed_scopes: serviceClient.scopes.join(' '),
        ...(overlaps ? { previous_secret: previousSecretHash } : {}),
      };
    },
  };
}

export const isLoopback = (url: URL): boolean => ['127.0.0.1', '[::1]'].includes(url.hostname);

/** On a loopback issuer, which is a person's own machine, the browser application may be served on another port (a development server). */
export function ownClients(issuer: string): ClientMetadata[] {
  const common = {
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code' as const], token_endpoint_auth_method: 'none' as const,
    post_logout_redirect_uris: [`${issuer}/`],
  };
  return [
    {
      ...common, client_id: WEB_CLIENT_ID, client_name: 'PMS', application_type: isLoopback(new URL(issuer)) ? 'native' : 'web',
      redirect_uris: [`${issuer}/`, `${issuer}/callback`, sessionCallback(issuer)],
    },
    {
      ...common, client_id: NATIVE_CLIENT_ID, client_name: 'PMS command line', application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'], post_logout_redirect_uris: [],
    },
  ];
}
