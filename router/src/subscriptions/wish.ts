/** What a client wants to listen to, and with whom it may share it. */
import { DomainError } from '@pms/errors';
import { variablesFor } from '../execution/send.ts';
import type { Caller, ReadyOperation } from '../operation/serve.ts';
import type { RootFetch } from '../planner/plan.ts';
import { sourceText } from './continuity.ts';
import { samePrincipal, sameToken } from './holder.ts';
import type { SubscriptionSettings } from './settings.ts';
import { type Source, sourceOf } from './source.ts';

export interface Wish {
  readonly ready: ReadyOperation;
  readonly caller: Caller;
  readonly fetch: RootFetch;
  readonly source: Source;
  /** The event after which it begins; `null` for the next one. */
  readonly after: string | null;
  /** Equal keys are one upstream; `null` for one that is not shared. */
  readonly key: string | null;
}

const sources = new WeakMap<RootFetch, Source>();

/** Throws BAD_USER_INPUT for an operation that is no subscription. */
export function wishOf(ready: ReadyOperation, caller: Caller, lastEventId: string | undefined, settings: SubscriptionSettings): Wish {
  const { engine, variant: { subscription } } = ready;
  if (subscription === null) throw new DomainError('BAD_USER_INPUT', 'the operation is not a subscription');
  const { fetch } = subscription;
  let source = sources.get(fetch);
  if (source === undefined) sources.set(fetch, source = sourceOf(fetch, engine.api, settings));
  const after = source.kind === 'history' ? lastEventId ?? null : null;
  // One who begins at a place of their own hears what the others have heard already.
  const alone = !settings.share || after !== null || source.startsAfter(variablesFor(fetch, ready));
  const sharing = alone ? null : sharingOf(source, caller, settings);
  return { ready, caller, fetch, source, after, key: sharing === null ? null : `${sharing}\n${sourceText(ready) ?? ''}` };
}

/** Only of a state can the token be changed without a gap: everything else is shared within one. */
function sharingOf(source: Source, caller: Caller, { shareFields }: SubscriptionSettings): string | null {
  if (source.kind === 'state') return samePrincipal(caller);
  return source.kind === 'history' || shareFields.includes(source.field) ? sameToken(caller) : null;
}
