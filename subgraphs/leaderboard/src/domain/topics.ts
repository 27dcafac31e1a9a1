/** The live topic on which it is said that figures of an organisation changed. */
export const measuredTopic = (organizationId: string): string => `leaderboard/${organizationId}`;
