/** Days as ISO text, in UTC. */
export const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);

export const dayBefore = (day: string): string => dayOf(new Date(Date.parse(day) - 86_400_000));

export const endOfDay = (day: string): string => `${day}T23:59:59.999Z`;

/** A day after every other. */
export const NO_END = '9999-12-31';

/** The day so many days after (or, with a negative number, before) a day. */
export const addDays = (day: string, days: number): string => dayOf(new Date(Date.parse(day) + days * 86_400_000));
