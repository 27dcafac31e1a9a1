/** Where answers are kept. A moment is a number of the store's own clock, whichever it went by: what was read before something changed is not kept after it. */
import type { Policy } from './policy.ts';

/** No answer is kept longer, whatever is said of it. */
export const LIFE_MS_MAX = 86_400_000;

/** The tag of all that is kept. */
export const EVERYTHING = '*';

export interface Kept extends Policy {
  readonly text: string;
  /** When its reading began. */
  readonly moment: number;
}

export interface Found {
  readonly kept: (Kept & { readonly ageMs: number }) | null;
  /** When it was looked for; null where nothing can be kept now. */
  readonly moment: number | null;
}

export interface Keeping {
  readonly key: string;
  readonly kept: Kept;
  readonly tags: readonly string[];
  readonly lifeMs: number;
}

export interface CacheStore {
  /** The first of the keys that is there; nothing that is older than the sender's last change. */
  find(keys: readonly string[], sender: string): Promise<Found>;
  /** Not when something under one of the tags has changed since the moment. */
  keep(keeping: Keeping): Promise<boolean>;
  /** Resolves to how many answers it took out. */
  drop(tags: readonly string[]): Promise<number>;
  /** What was kept before is not for this sender any more. */
  senderChanged(sender: string): Promise<void>;
  close(): void;
}
