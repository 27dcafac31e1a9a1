/** What a newcomer reads when everything runs: where to look, how to sign in, and one request that works when it is pasted. */
import type { Environment } from './environment.ts';

/** Of the demo world alone: public knowledge, so production refuses the demo. */
export const demoClient = { id: 'demo', secret: 'demo-secret' } as const;
export const demoPassword = 'demo';
const demoUsers = ['admin', 'manager', 'trader', 'risk', 'compliance', 'investor'] as const;

export function welcome({ publicUrl, demo }: Pick<Environment, 'publicUrl' | 'demo'>): string {
  const places = [
    `  GraphiQL              ${publicUrl}/graphiql`,
    `  GraphQL               ${publicUrl}/graphql`,
    `  subscriptions         ${publicUrl.replace(/^http/, 'ws')}/graphql`,
    `  OAuth 2.1             ${publicUrl}/.well-known/openid-configuration`,
    `  health and metrics    ${publicUrl}/health/ready  ${publicUrl}/metrics`,
  ];
  return ['', `The platform runs at ${publicUrl}`, '', ...places, ...(demo ? demoLines(publicUrl) : []), '', 'Ctrl-C stops it, the database too.'].join('\n');
}

function demoLines(publicUrl: string): string[] {
  return [
    '',
    'Demo accounts (they exist in development alone; "Sign in" in GraphiQL takes them)',
    ...demoUsers.map((name) => `  ${`${name}@demo.example`.padEnd(24)}password ${demoPassword}`),
    `  ${`client ${demoClient.id}`.padEnd(24)}secret ${demoClient.secret}`,
    '',
    'Try it:',
    '',
    tryIt(publicUrl),
  ];
}

/** Gets a token and asks with it, by curl and a POSIX shell alone. */
function tryIt(publicUrl: string): string {
  const token = `$(curl -s -u ${demoClient.id}:${demoClient.secret} -d grant_type=client_credentials ${publicUrl}/oauth2/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
  const query = '{ portfolios(first: 4) { edges { node { name valuation { marketValue { amount currency } unrealizedPnl { amount } } } } } }';
  return `curl -s ${publicUrl}/graphql -H 'content-type: application/json' -H "authorization: Bearer ${token}" -d '${JSON.stringify({ query })}'`;
}
