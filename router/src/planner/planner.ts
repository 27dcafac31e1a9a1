/** The planner port: an operation in, a plan out. Which one plans is decided per supergraph, and can be asked. */
import { DomainError } from '@pms/errors';
import type { GraphQLSchema } from 'graphql';
import type { SupergraphDocument } from '../supergraph/document.ts';
import type { Planner, PlanOperation, QueryPlan } from './plan.ts';
import { byType } from './by-type.ts';
import { sharedPlanner } from './shared.ts';
import { leadingToInterfaceObject, type Verify, verifier } from './verify.ts';
import { beyondNative, refuseUnsupported } from './unsupported.ts';

export type PlannerChoice = 'auto' | 'native' | 'apollo';

/**
 * Native where it loads and is right; what it ignores silently or cannot read goes to Apollo's. Throws, by
 * name, for what the chosen planner, or either, cannot do.
 */
export async function plannerFor(supergraph: SupergraphDocument, choice: PlannerChoice = 'auto'): Promise<Planner> {
  refuseUnsupported(supergraph.document);
  const beyond = beyondNative(supergraph.document);
  if (choice === 'native' && beyond !== null) throw new Error(`the native planner does not support ${beyond}; choose the planner "apollo" or "auto"`);
  const asking: Asking = { api: supergraph.api, verify: verifier(supergraph), toInterfaceObject: leadingToInterfaceObject(supergraph) };
  const apollo = async (): Promise<Planner> => retrying(await sharedPlanner('apollo', supergraph.sdl), asking);
  if (choice === 'apollo' || beyond !== null) return apollo();
  if (choice === 'native') return retrying(await sharedPlanner('native', supergraph.sdl), asking);
  try {
    return withBoth(await sharedPlanner('native', supergraph.sdl), asking, () => sharedPlanner('apollo', supergraph.sdl));
  } catch {
    return apollo(); // no binary for this system: the other does the same work, slower
  }
}

/**
 * Where the native planner gives up on a valid operation, takes too long, or dies of it, the other one is asked, as it
 * is for what only the other can do; it is loaded only then.
 */
function withBoth(first: Planner, asking: Asking, load: () => Promise<Planner>): Planner {
  let loaded: Promise<Planner> | undefined;
  const second = async (): Promise<Planner> => {
    loaded ??= load();
    loaded.catch(() => {
      loaded = undefined;
    });
    return loaded;
  };
  // It sends the wrong kinds of entities where a subgraph knows only their interface, in some combinations; the other does not.
  const own = inOtherWords(first.plan, { ...asking, verify: (plan) => {
    asking.verify(plan);
    if (asking.toInterfaceObject(plan)) throw new Error('the plan leads to an interface object');
  } });
  const other = inOtherWords(async (operation, conditions) => (await second()).plan(operation, conditions), asking);
  return {
    name: first.name, defers: true,
    async plan(operation, conditions) {
      if (!conditions.defer) try {
        return await own(operation, conditions);
      } catch {
        // the other one decides
      }
      return other(operation, conditions);
    },
    close() {
      first.close();
      void loaded?.then((planner) => planner.close(), () => {});
    },
  };
}

const retrying = (planner: Planner, asking: Asking): Planner => ({ ...planner, plan: inOtherWords(planner.plan, asking) });

interface Asking {
  readonly api: GraphQLSchema;
  readonly verify: Verify;
  readonly toInterfaceObject: (plan: QueryPlan) => boolean;
}

/** What a planner refuses, or gets wrong where that can be seen, it is asked in other words before it is given up. */
function inOtherWords(plan: PlanOperation, { api, verify }: Asking): PlanOperation {
  const verified: PlanOperation = async (operation, conditions) => {
    const made = await plan(operation, conditions);
    verify(made);
    return made;
  };
  return async (operation, conditions) => {
    try {
      return await verified(operation, conditions);
    } catch (error) {
      const other = error instanceof DomainError ? null : byType(api, operation); // it took too long, and would again
      if (other === null) throw error;
      return verified(other, conditions).catch(() => {
        throw error;
      });
    }
  };
}
