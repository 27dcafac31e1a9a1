/** Where a person may be led back to after signing in: a path of this server and nothing else, whatever a browser makes of the text. */
const CHARACTERS_MAX = 1_500; // it travels in a cookie

/** Null for another server's address, and for text that some browser could take for one. */
export function ownPath(text: unknown, issuer: string): string | null {
  if (typeof text !== 'string' || text.length > CHARACTERS_MAX || !text.startsWith('/')) return null;
  const { origin } = new URL(issuer);
  const address = URL.parse(text, origin);
  if (address === null || address.origin !== origin) return null;
  // `/.//other.example` is our own address, and as a path alone it is not
  return address.pathname.startsWith('//') ? null : `${address.pathname}${address.search}${address.hash}`;
}
