/** A sleep that can be cut short. A wake-up that comes before the sleep is not lost: the next sleep returns at once. */
export interface Waker {
  wake(): void;
  sleep(maxMs: number): Promise<void>;
}

export function waker(): Waker {
  let woken = false;
  let end: (() => void) | undefined;
  return {
    wake() {
      woken = true;
      end?.();
    },
    sleep: (maxMs) => new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        end = undefined;
        woken = false;
        resolve();
      };
      const timer = setTimeout(finish, maxMs);
      end = finish;
      if (woken) finish();
    }),
  };
}
