/**
 * Answers to queries kept whole. Kept under the supergraph, the document, the variables, what its sender may read, and
 * (unless it is for everybody) its sender. Answers with errors are never kept, and neither are those of mutations.
 */
import type { Engine } from '../engine.ts';
import type { Answer } from '../operation/answer.ts';
import type { PreparedOperation } from '../operation/prepare.ts';
import type { Answering, ReadyOperation } from '../operation/serve.ts';
import { linkedFeatures } from '../supergraph/features.ts';
import { keptReads, type KeptReadsOptions } from './kept-reads.ts';
import { digest, keysOf, type Sender, senderOf } from './keys.ts';
import { type CacheModel, cacheModel } from './model.ts';
import { type Shape, shapeOf } from './shape.ts';
import { type Invalidation, tagsHit, tagsOf } from './tags.ts';

export interface Cached {
  readonly answer: Answering;
  /** Resolves to how many answers were taken out. */
  invalidate(...changes: readonly Invalidation[]): Promise<number>;
  /** This sender has changed something: what was kept before is not for them. */
  changedBy(sender: Sender): void;
}

export function cached(run: Answering, options: KeptReadsOptions): Cached {
  const { settings, store, metrics } = options;
  const supergraphOf = remembered(({ supergraph }: Engine) => ({
    model: cacheModel(supergraph.full, linkedFeatures(supergraph.document), settings), name: digest(supergraph.sdl), shapes: new WeakMap<PreparedOperation, Shape>(),
  }));
  const reads = keptReads(run, options);
  let current: CacheModel | null = null;

  const invalidate = async (changes: readonly Invalidation[]): Promise<number> => {
    const tags = [...new Set(changes.flatMap((change) => tagsHit(current, change)))];
    if (tags.length === 0) return 0;
    const dropped = await store.drop(tags);
    metrics.cacheInvalidated.inc(dropped);
    return dropped;
  };

  return {
    invalidate: (...changes) => invalidate(changes),
    changedBy: (sender) => void store.senderChanged(senderOf(sender)),
    async answer(ready, caller, signal) {
      const { operation, variant, engine } = ready;
      const { model, name, shapes } = supergraphOf(engine);
      current = model;
      let shape = shapes.get(operation);
      if (shape === undefined) shapes.set(operation, shape = shapeOf(model, operation.operation, operation.fragments));
      if (operation.kind === 'mutation') {
        const answer = await run(ready, caller, signal);
        if (settings.mutationsInvalidate) await invalidate(namedIn(model, shape, ready, answer));
        return answer;
      }
      if (variant.denied.length > 0 || caller.seen.timings !== null || !reads.mayBeKept(shape)) return run(ready, caller, signal);
      return reads.read({ ready, caller, model, shape, keys: keysOf(ready, caller, name) }, signal);
    },
  };
}

/** The entities that a mutation's answer names; a type of which it does not name all, as a whole. */
function namedIn(model: CacheModel, shape: Shape, { variables }: ReadyOperation, { text }: Answer): Invalidation[] {
  const { data } = JSON.parse(text) as { data: unknown };
  return tagsOf(model, shape, variables, data).flatMap((tag): Invalidation[] => {
    const [, typename, id] = /^(\w+):(.+)$/s.exec(tag) ?? [];
    if (typename === undefined || id === undefined) return [];
    return [id === '*' ? { typename } : { typename, id }];
  });
}

function remembered<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, value = make(key));
    return value;
  };
}
