/** Gives the demo's investor account the investor of one portfolio: it sees that one and no other. */
import { accepted, type Ask, ApiError, type UserError } from './api.ts';

const NAME = 'investor@demo.example';
const WHO = `query ($id: ID!) { portfolio(id: $id) { investor { id } } users(first: 50) { edges { node { id email } } } }`;
const ASSIGN = `mutation ($input: AssignInvestorsInput!) { assignInvestors(input: $input) { userErrors { code message path } } }`;

interface Who {
  readonly portfolio: { readonly investor: { readonly id: string } | null } | null;
  readonly users: { readonly edges: readonly { readonly node: { readonly id: string; readonly email: string } }[] };
}

/** A world that was opened before there was such an account is left as it is. */
export async function introduceInvestor(admin: Ask, portfolioId: string): Promise<void> {
  const { portfolio, users } = await admin<Who>(WHO, { id: portfolioId });
  const user = users.edges.find(({ node }) => node.email === NAME)?.node;
  if (user === undefined) return;
  if (portfolio?.investor == null) throw new ApiError('the portfolio has no investor');
  accepted((await admin<{ assignInvestors: { userErrors: UserError[] } }>(ASSIGN, { input: { userId: user.id, investorIds: [portfolio.investor.id] } })).assignInvestors);
}
