/** Turns a plan into one function, once; running it costs no interpretation of the plan. */
import type { EntityGroup, PlanNode } from '../planner/plan.ts';
import { entityFetch } from './entity-fetch.ts';
import { rootFetch } from './root-fetch.ts';
import type { Environment, Run, Step } from './run.ts';

export function compilePlan(node: PlanNode, environment: Environment): Step {
  // Where what an object gets depends on more than the object, one entity must not be one object at two places.
  return compile(node, environment, some(node, (group) => distinguishesTypes(group) || group.contextRewrites.length > 0));
}

function compile(node: PlanNode, environment: Environment, apart: boolean): Step {
  switch (node.kind) {
    case 'root': return arriving(node.id, rootFetch(node, environment));
    case 'entities': return arriving(node.id, entityFetch(node, environment, apart));
    case 'sequence': return inSequence(node.nodes.map((child) => compile(child, environment, apart)));
    case 'parallel': return inParallel(node.nodes.map((child) => compile(child, environment, apart)));
    case 'condition': {
      const then = node.then === undefined ? undefined : compile(node.then, environment, apart);
      const otherwise = node.otherwise === undefined ? undefined : compile(node.otherwise, environment, apart);
      return async (run) => (run.variables[node.variable] === true ? then : otherwise)?.(run);
    }
    case 'defer': {
      const primary = node.primary === undefined ? nothing : compile(node.primary, environment, apart);
      return withParts(primary, node.parts.map(({ label, depends, node: inner }) =>
        ({ label, depends, step: inner === undefined ? nothing : compile(inner, environment, apart) })));
    }
  }
}

const nothing: Step = async () => {};

/** A fetch that deferred parts wait for says when it has come back; no other fetch has an id. */
const arriving = (id: string | undefined, step: Step): Step => id === undefined ? step : async (run) => {
  await step(run);
  run.deferring?.arrival(id).resolve();
};

interface PartSteps { readonly label: string; readonly depends: readonly string[]; readonly step: Step }

/** Done when the primary part is: the others run on by themselves, each with errors of its own, into the same data. */
function withParts(primary: Step, parts: readonly PartSteps[]): Step {
  return async (run) => {
    const { deferring } = run;
    if (deferring === undefined) throw new Error('a plan with deferred parts is run as one without');
    const primaryDone = Promise.withResolvers<void>();
    for (const { label, depends, step } of parts) {
      const own: Run = { ...run, errors: [] };
      // All fetches it may depend on are over when the primary part is, also those that a condition left out.
      const ready = Promise.race([Promise.all(depends.map((id) => deferring.arrival(id).promise)), primaryDone.promise]);
      const done = ready.then(() => step(own));
      done.catch(() => {}); // whoever waits for the part hears of it
      deferring.parts.set(label, { errors: own.errors, done });
    }
    await primary(run);
    primaryDone.resolve();
  };
}

function inSequence(steps: readonly Step[]): Step {
  return async (run) => {
    for (const step of steps) {
      run.context.signal?.throwIfAborted();
      await step(run);
    }
  };
}

const inParallel = (steps: readonly Step[]): Step => async (run) => void (await Promise.all(steps.map((step) => step(run))));

const distinguishesTypes = ({ paths }: EntityGroup): boolean => paths.some((path) => path.some(({ kind }) => kind === 'type'));

/** Whether the plan has such a group. */
function some(node: PlanNode, wanted: (group: EntityGroup) => boolean): boolean {
  const inner = (child: PlanNode | undefined): boolean => child !== undefined && some(child, wanted);
  switch (node.kind) {
    case 'root': return false;
    case 'entities': return node.groups.some(wanted);
    case 'sequence':
    case 'parallel': return node.nodes.some(inner);
    case 'condition': return inner(node.then) || inner(node.otherwise);
    case 'defer': return inner(node.primary) || node.parts.some((part) => inner(part.node));
  }
}
