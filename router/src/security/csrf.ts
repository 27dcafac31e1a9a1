/** Whether a browser would have asked first (preflight) before sending this from another site; if not, a page could send it unseen. */
const SIMPLE_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
const PREFLIGHT_HEADERS = ['x-apollo-operation-name', 'apollo-require-preflight', 'authorization'];

export function mayBeForged(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const type = headers['content-type'];
  if (typeof type === 'string' && type !== '' && !SIMPLE_TYPES.has(type.split(';')[0]?.trim().toLowerCase() ?? '')) return false;
  if (headers['sec-fetch-site'] === 'same-origin') return false; // set by the browser itself; a page cannot
  return PREFLIGHT_HEADERS.every((name) => headers[name] === undefined || headers[name] === '');
}
