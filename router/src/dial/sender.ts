/** Who asks, as far as two requests may have one answer: subgraphs are given the access token itself, so only the same token is the same sender. */
import type { RequestContext } from './transport.ts';

export function senderKey({ principal, token, passed }: Pick<RequestContext, 'principal' | 'token' | 'passed'>): string {
  const headers = passed === undefined ? '' : JSON.stringify(passed);
  if (token !== null) return `token ${token} ${headers}`;
  return principal === null ? headers : `principal ${JSON.stringify([principal.issuer ?? null, principal.subject, principal.organizationId, principal.tokenId])} ${headers}`;
}
