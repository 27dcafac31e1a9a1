/** The planner port: an operation in, a plan out. Which one plans is decided per supergraph, and can be asked. */
import { linkedFeatures } from '../supergraph/features.ts';
import type { SupergraphDocument } from '../supergraph/document.ts';
import type { QueryPlan } from './plan.ts';

export interface Planner {
  readonly name: 'native' | 'apollo';
  /** `operation` is one operation with its fragments, valid against the API schema. Rejects when it cannot be planned. */
  plan(operation: string): Promise<QueryPlan>;
}

export type PlannerChoice = 'auto' | 'native' | 'apollo';

/** Native where it loads and is right; it ignores `@context` silently, so such a supergraph goes to Apollo's. */
export async function plannerFor(supergraph: SupergraphDocument, choice: PlannerChoice = 'auto'): Promise<Planner> {
  const usesContext = linkedFeatures(supergraph.document).has('context');
  if (choice === 'native' && usesContext) throw new Error('the native planner does not support @context; choose the planner "apollo" or "auto"');
  if (choice === 'apollo' || usesContext) return apollo(supergraph.sdl);
  const native = await loadNative();
  if (native !== null) return choice === 'native' ? native(supergraph.sdl) : secondOpinion(native(supergraph.sdl), () => apollo(supergraph.sdl));
  if (choice === 'native') throw new Error('the native planner has no binary for this machine');
  return apollo(supergraph.sdl);
}

/** Where the native planner gives up on an operation that is valid, the other one is asked; it is loaded only then. */
function secondOpinion(first: Planner, load: () => Promise<Planner>): Planner {
  let second: Promise<Planner> | undefined;
  return {
    name: first.name,
    async plan(operation) {
      try {
        return await first.plan(operation);
      } catch {
        return (await (second ??= load())).plan(operation);
      }
    },
  };
}

async function loadNative(): Promise<((sdl: string) => Planner) | null> {
  try {
    return (await import('./native.ts')).nativePlanner;
  } catch {
    return null; // no binary for this system: the other planner does the same work, slower
  }
}

const apollo = async (sdl: string): Promise<Planner> => (await import('./apollo.ts')).apolloPlanner(sdl);
