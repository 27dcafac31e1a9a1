/** Where the OAuth server answers. */
export const PATHS = { authorization: '/oauth2/auth', token: '/oauth2/token', interaction: '/oauth2/interaction', jwks: '/oauth2/jwks' } as const;
