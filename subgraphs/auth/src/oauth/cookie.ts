/** How the sign-in's own cookies are set. */

/** A cookie of ours. Lax: it comes along when a link leads here, and with nothing that another site's page sends by itself. */
export const cookie = (name: string, value: string, seconds: number, issuer: string): string =>
  `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${issuer.startsWith('https:') ? '; Secure' : ''}`;
