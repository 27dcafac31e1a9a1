/** Instants with microseconds, which is what the database keeps and more than a Date can hold. */

/** RFC 3339 in UTC with six fractional digits; `us` is microseconds since the epoch. */
export const instantOf = (us: number): string => {
  const ms = Math.floor(us / 1_000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(us - ms * 1_000).padStart(3, '0')}Z`;
};
