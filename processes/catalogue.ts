/** The only list of the domains: a name leads to the code that makes it. Loaded on demand, so that one domain's process does not load ten. */
import type { Subgraph, Surroundings } from '@pms/subgraph/subgraph';

type Make = (surroundings: Surroundings) => Subgraph;

export const catalogue = {
  analytics: async (): Promise<Make> => (await import('@pms/analytics')).analyticsSubgraph,
  audit: async (): Promise<Make> => (await import('@pms/audit')).auditSubgraph,
  auth: async (): Promise<Make> => (await import('@pms/auth')).authSubgraph,
  leaderboard: async (): Promise<Make> => (await import('@pms/leaderboard')).leaderboardSubgraph,
  portfolio: async (): Promise<Make> => (await import('@pms/portfolio')).portfolioSubgraph,
  rttm: async (): Promise<Make> => (await import('@pms/rttm')).rttmSubgraph,
  simulation: async (): Promise<Make> => (await import('@pms/simulation')).simulationSubgraph,
  'trade-capture': async (): Promise<Make> => (await import('@pms/trade-capture')).tradeCaptureSubgraph,
  transactional: async (): Promise<Make> => (await import('@pms/transactional')).transactionalSubgraph,
  validation: async (): Promise<Make> => (await import('@pms/validation')).validationSubgraph,
} as const;

export type DomainName = keyof typeof catalogue;

export const domainNames = Object.keys(catalogue) as readonly DomainName[];

export const isDomain = (name: string): name is DomainName => Object.hasOwn(catalogue, name);
