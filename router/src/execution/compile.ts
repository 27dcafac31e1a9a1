/** Turns a plan into one function, once; running it costs no interpretation of the plan. */
import type { PlanNode } from '../planner/plan.ts';
import { entityFetch } from './entity-fetch.ts';
import { rootFetch } from './root-fetch.ts';
import type { Environment, Step } from './run.ts';

export function compilePlan(node: PlanNode, environment: Environment): Step {
  // Where plan positions are told apart by type, one entity must not be one object at two of them.
  return compile(node, environment, distinguishesTypes(node));
}

function compile(node: PlanNode, environment: Environment, copyEntities: boolean): Step {
  switch (node.kind) {
    case 'root': return rootFetch(node, environment);
    case 'entities': return entityFetch(node, environment, copyEntities);
    case 'sequence': return inSequence(node.nodes.map((child) => compile(child, environment, copyEntities)));
    case 'parallel': return inParallel(node.nodes.map((child) => compile(child, environment, copyEntities)));
    case 'condition': {
      const then = node.then === undefined ? undefined : compile(node.then, environment, copyEntities);
      const otherwise = node.otherwise === undefined ? undefined : compile(node.otherwise, environment, copyEntities);
      return async (run) => (run.variables[node.variable] === true ? then : otherwise)?.(run);
    }
  }
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

function distinguishesTypes(node: PlanNode): boolean {
  switch (node.kind) {
    case 'root': return false;
    case 'entities': return node.groups.some(({ paths }) => paths.some((path) => path.some(({ kind }) => kind === 'type')));
    case 'sequence':
    case 'parallel': return node.nodes.some(distinguishesTypes);
    case 'condition': return [node.then, node.otherwise].some((child) => child !== undefined && distinguishesTypes(child));
  }
}
