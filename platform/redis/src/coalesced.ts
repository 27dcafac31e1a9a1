/** Work that is asked for again while it runs is done once more afterwards, however often it was asked for. */
export interface Coalesced {
  /** Resolves when it has been done for all who asked by then. `work` is not to reject. */
  ask(): Promise<void>;
  /** Resolves when nothing of it runs. */
  idle(): Promise<void>;
}

export function coalesced(work: () => Promise<void>): Coalesced {
  let again = false;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    while (again) {
      again = false;
      await work();
    }
    running = null;
  };
  return {
    ask() {
      again = true;
      return (running ??= run());
    },
    idle: async () => void (await running),
  };
}
