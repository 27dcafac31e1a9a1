/** The planner port: an operation in, a plan out. Which one plans is decided per supergraph, and can be asked. */
import { DomainError } from '@pms/errors';
import type { SupergraphDocument } from '../supergraph/document.ts';
import { linkedFeatures } from '../supergraph/features.ts';
import type { Planner } from './plan.ts';
import { sharedPlanner } from './shared.ts';
import { refuseUnsupported } from './unsupported.ts';

export type PlannerChoice = 'auto' | 'native' | 'apollo';

/**
 * Native where it loads and is right; it ignores `@context` silently, so such a supergraph goes to Apollo's. Throws, by
 * name, for what the chosen planner, or either, cannot do.
 */
export async function plannerFor(supergraph: SupergraphDocument, choice: PlannerChoice = 'auto'): Promise<Planner> {
  refuseUnsupported(supergraph.document);
  const usesContext = linkedFeatures(supergraph.document).has('context');
  if (choice === 'native' && usesContext) throw new Error('the native planner does not support @context; choose the planner "apollo" or "auto"');
  if (choice === 'apollo' || usesContext) return sharedPlanner('apollo', supergraph.sdl);
  if (choice === 'native') return sharedPlanner('native', supergraph.sdl);
  try {
    return withBoth(await sharedPlanner('native', supergraph.sdl), () => sharedPlanner('apollo', supergraph.sdl));
  } catch {
    return sharedPlanner('apollo', supergraph.sdl); // no binary for this system: the other does the same work, slower
  }
}

/**
 * Where the native planner gives up on a valid operation, or dies of it, the other one is asked, as it is for what only
 * the other can do; it is loaded only then.
 */
function withBoth(first: Planner, load: () => Promise<Planner>): Planner {
  let loaded: Promise<Planner> | undefined;
  const second = async (): Promise<Planner> => {
    loaded ??= load();
    loaded.catch(() => {
      loaded = undefined;
    });
    return loaded;
  };
  return {
    name: first.name, defers: true,
    async plan(operation, conditions) {
      if (conditions.defer) return (await second()).plan(operation, conditions);
      try {
        return await first.plan(operation, conditions);
      } catch (error) {
        if (error instanceof DomainError) throw error; // it took too long, and would again
        return (await second()).plan(operation, conditions);
      }
    },
    close() {
      first.close();
      void loaded?.then((planner) => planner.close(), () => {});
    },
  };
}
