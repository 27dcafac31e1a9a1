/** A subscription as a client's program keeps it: everything it was told so far, in order. */
import type { PmsClient } from '@pms/client';
import { operation } from './clients.ts';

export interface Listener {
  // oxlint-disable-next-line typescript/no-explicit-any -- the shape is what the journey asserts
  readonly messages: any[];
  /** Ends it; throws what ended it before, if anything did. */
  stop(): Promise<void>;
}

export function heard(client: PmsClient, text: string): Listener {
  const stopping = new AbortController();
  const messages: unknown[] = [];
  const listening = (async () => {
    for await (const message of client.subscribe(operation(text), {}, { signal: stopping.signal })) messages.push(message);
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  listening.catch(() => undefined); // told by stop
  return {
    messages,
    async stop() {
      stopping.abort();
      await listening;
    },
  };
}
