/** The platform in a browser: the session whose cookie the auth domain sets, and what GraphiQL opens with. */
import { cookieValue, sessionCookieName } from '@pms/identity/session-cookie';
import type { RouterOptions } from '@pms/router/options';

const PORTFOLIOS = `# Your portfolios, valued at the latest quotes.
# Ctrl-Enter runs it, Ctrl-Space completes;
# the book on the left is the documentation.

query Portfolios {
  portfolios(first: 10) {
    edges {
      node {
        id
        name
        valuation {
          marketValue { amount currency }
          unrealizedPnl { amount }
          dayPnl { amount }
          at
        }
        positions {
          instrument { symbol quote { last } }
          quantity
        }
      }
    }
  }
}
`;

const LIVE_PNL = `# Profit and loss as the market moves.
# Put a portfolio's id into Variables, below.

subscription LivePnl($portfolioId: ID!) {
  portfolioPnl(portfolioId: $portfolioId) {
    at
    marketValue { amount currency }
    unrealizedPnl { amount }
    dayPnl { amount }
    portfolio { name }
    positions {
      instrument { symbol }
      last
      unrealizedPnl { amount }
    }
  }
}
`;

export const graphiqlTabs = [{ query: PORTFOLIOS }, { query: LIVE_PNL, variables: '{ "portfolioId": "prt_…" }' }] as const;

/** For a router with the auth domain behind it, under whose name it issues tokens. */
export function inBrowsers(issuer: string): Pick<RouterOptions, 'sessionToken' | 'people'> {
  const name = sessionCookieName(issuer);
  return {
    sessionToken: (cookies) => Promise.resolve(cookieValue(cookies, name)),
    people: { tabs: graphiqlTabs, session: { signIn: '/auth/sign-in', signOut: '/auth/sign-out' } },
  };
}
