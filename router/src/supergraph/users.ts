/** Counts who still uses a thing, and closes it when it was given up and the last of them has gone. */
export interface Users {
  enter(): void;
  leave(): void;
  /** Enters; the answer leaves, once. */
  hold(): () => void;
  /** Gives it up. */
  close(): void;
}

export function users(close: () => void): Users {
  let count = 0;
  let state: 'open' | 'given up' | 'closed' = 'open';
  const check = (): void => {
    if (state !== 'given up' || count > 0) return;
    state = 'closed';
    close();
  };
  const leave = (): void => {
    count -= 1;
    check();
  };
  return {
    leave,
    enter() {
      count += 1;
    },
    hold() {
      count += 1;
      let held = true;
      return () => {
        if (held) leave();
        held = false;
      };
    },
    close() {
      if (state === 'open') state = 'given up';
      check();
    },
  };
}
