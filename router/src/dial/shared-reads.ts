/**
 * Equal reads that are under way at the same time are one. A read that has begun before a change is joined by nobody
 * who asks after it: every change the router knows of (a mutation that ended, an event that arrived) puts what is under
 * way out of reach for those who come later.
 */
import { abortable } from './abortable.ts';

export interface SharedReads<Result> {
  /**
   * `key` must name everything that the answer depends on, who asks first of all. What `begin` is given aborts when the
   * last who waits has gone.
   */
  join(key: string, signal: AbortSignal | undefined, begin: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  changed(): void;
}

interface Flight<Result> {
  waiting: number;
  readonly controller: AbortController;
  /** One result for each who waits at the end. */
  readonly landed: Promise<Result[]>;
}

export interface SharingOptions<Result> {
  /** A result for another who waits: a copy, where who gets it may change it. */
  readonly another: (result: Result) => Result;
  readonly joined: () => void;
}

export function sharedReads<Result>({ another, joined }: SharingOptions<Result>): SharedReads<Result> {
  const flights = new Map<string, Flight<Result>>();

  const begun = (key: string, begin: (signal: AbortSignal) => Promise<Result>): Flight<Result> => {
    const controller = new AbortController();
    const over = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    const landed = begin(controller.signal).then((result) => {
      over();
      const results = [result];
      while (results.length < flight.waiting) results.push(another(result));
      return results;
    }, (error: unknown) => {
      over();
      throw error;
    });
    const flight: Flight<Result> = { waiting: 0, controller, landed };
    flights.set(key, flight);
    return flight;
  };

  return {
    async join(key, signal, begin) {
      const known = flights.get(key);
      if (known !== undefined) joined();
      const flight = known ?? begun(key, begin);
      flight.waiting += 1;
      try {
        return (await abortable(flight.landed, signal)).pop() as Result; // there is one for each
      } catch (error) {
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          if (flights.get(key) === flight) flights.delete(key);
          flight.controller.abort(error);
        }
        throw error;
      }
    },
    changed: () => flights.clear(),
  };
}
