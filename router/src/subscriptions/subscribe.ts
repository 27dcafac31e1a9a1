/** What the ways out (websockets, server-sent events, multipart) know of subscriptions: how one is opened, and what comes of it. */
import type { ClientError } from '../execution/run.ts';
import type { Caller, ReadyOperation } from '../operation/serve.ts';

/** The source refused the operation. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';
  readonly errors: readonly ClientError[];

  constructor(errors: readonly ClientError[]) {
    super('the subscription was refused');
    this.errors = errors;
  }
}

export interface SubscriptionEvent {
  /** The response as text; one text for all who asked for the same. */
  readonly text: string;
  /** What a client may resume after; `null` where the source keeps no history. */
  readonly id: string | null;
}

export interface OpenSubscription {
  /** The next response; undefined at the end. Rejects with DomainError or SubscriptionRefused when it must end. */
  next(): Promise<SubscriptionEvent | undefined>;
  close(): void;
}

/** What came before, as the client says. */
export interface Resumption {
  /** Counts where the source keeps its history; elsewhere nothing was promised, and it is not looked at. */
  readonly lastEventId?: string;
}

export interface Subscriptions {
  /** Rejects with DomainError or SubscriptionRefused. */
  open(ready: ReadyOperation, caller: Caller, from?: Resumption): Promise<OpenSubscription>;
}
