/** One loader a moment: an operation may ask for several days. */
import type { Moment } from '../store/history-reads.ts';

export function perMoment<Loader>(make: (moment: Moment) => Loader): (moment: Moment) => Loader {
  const made = new Map<string, Loader>();
  return (moment) => {
    const key = `${moment.asOf} ${moment.knownAt}`;
    const loader = made.get(key) ?? make(moment);
    made.set(key, loader);
    return loader;
  };
}
