/** The names of the live topics that this domain says and hears. */

/** A portfolio's figures have changed. */
export const changedTopic = (portfolioId: string): string => `portfolio-changed/${portfolioId}`;

/** Market data's quotes of an instrument. */
export const quoteTopic = (instrumentId: string): string => `quotes/${instrumentId}`;

/** An instrument that this domain did not know before. */
export const instrumentsTopic = 'analytics/instruments';
