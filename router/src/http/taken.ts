/** When a client has read what was written to it, or is gone. */
import type { ServerResponse } from 'node:http';

/** Leaves no listener behind, however often a slow client is waited for. */
export const taken = (response: ServerResponse): Promise<void> => new Promise((resolve) => {
  const done = (): void => {
    response.off('drain', done).off('close', done);
    resolve();
  };
  response.on('drain', done).on('close', done);
});
