/** A browser's session: the cookie that holds the access token itself. The auth domain sets it, the router reads it; nothing about it is kept anywhere. */

/** `__Host-` makes browsers refuse it from anything but this very host over TLS, so another host of the domain cannot plant one. */
export const sessionCookieName = (issuer: string): string => hostCookieName('pms_session', issuer);

export const hostCookieName = (name: string, issuer: string): string => (issuer.startsWith('https:') ? `__Host-${name}` : name);

/** Of a `cookie` header; null when it holds no such cookie, or an empty one. */
export function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at >= 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || null;
  }
  return null;
}
