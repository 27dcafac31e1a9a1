/**
 * An operation's plan and how long each of its fetches took, as `extensions.plan`: for those who ask with the header `x-pms-plan: 1` or with
 * `extensions: { plan: true }` and who are allowed. Times are milliseconds since the operation arrived. Others get the answer without it.
 */
import type { Principal } from '@pms/identity/principal';
import { parse, print } from 'graphql';
import type { Answer } from '../operation/answer.ts';
import type { EntityFetch, PathSegment, PlanNode, QueryPlan, RootFetch } from '../planner/plan.ts';
import type { Policies } from '../security/requirements.ts';
import type { Planning } from './prepared.ts';
import type { FetchTiming, Seen, Timings } from './seen.ts';
import type { TelemetrySettings } from './settings.ts';

export type MaySeePlans = (principal: Principal | null) => boolean;

/** Throws when the settings name a policy that there is not: it would open or close a door that nobody sees. */
export function planViewers({ scope, policy }: TelemetrySettings['plan'], policies: Policies): MaySeePlans {
  const allows = policy === null ? null : policies[policy];
  if (allows === undefined) throw new Error(`telemetry.plan.policy names the policy "${policy ?? ''}", and there is none of that name`);
  return (principal) => principal !== null && ((scope !== null && principal.scopes.has(scope)) || (allows?.(principal) ?? false));
}

/** Whether there can be anybody who may. */
export const plansAreShown = ({ scope, policy }: TelemetrySettings['plan']): boolean => scope !== null || policy !== null;

interface ShownFetch {
  readonly kind: 'fetch';
  readonly service: string;
  /** Of the entities that it is about, `@` for each item of a list; absent for root fields. */
  readonly paths?: readonly string[];
  readonly operation: string;
  /** None where there was nothing to ask, or what was asked for was there. */
  readonly requests: readonly { readonly atMs: number; readonly ms: number; readonly outcome: FetchTiming['outcome'] }[];
}

interface ShownNode { readonly kind: string; readonly nodes: readonly Shown[]; readonly condition?: string }

type Shown = ShownFetch | ShownNode;

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** Of the extensions and of the answer. */
const END = '}}';

export interface Planned {
  readonly plan: QueryPlan;
  readonly planning: Planning;
}

/** The text of an answer with the plan and the static cost added; the text itself where it was not asked for. */
export function explained({ text, extended }: Pick<Answer, 'text' | 'extended'>, { plan, planning }: Planned, seen: Seen): string {
  if (seen.timings === null) return text;
  const shown = {
    planner: planning.planner, found: seen.planFound ?? false, planningMs: rounded(seen.planMs), totalMs: rounded(performance.now() - seen.started),
    fetches: seen.fetches, ...(seen.cache === null ? {} : { cache: seen.cache }),
    node: plan.node === undefined ? null : shownNode(plan.node, seen.timings, seen.started),
  };
  const added = `"plan":${JSON.stringify(shown)}${seen.cost === null ? '' : `,"cost":{"estimated":${seen.cost}}`}`;
  return extended === true ? `${text.slice(0, -END.length)},${added}${END}` : `${text.slice(0, -1)},"extensions":{${added}${END}`;
}

function shownNode(node: PlanNode, timings: Timings, started: number): Shown {
  const all = (nodes: readonly (PlanNode | undefined)[]): Shown[] => nodes.flatMap((one) => (one === undefined ? [] : [shownNode(one, timings, started)]));
  switch (node.kind) {
    case 'root':
    case 'entities': return shownFetch(node, timings.get(node) ?? [], started);
    case 'sequence':
    case 'parallel': return { kind: node.kind, nodes: all(node.nodes) };
    case 'condition': return { kind: 'condition', condition: `$${node.variable}`, nodes: all([node.then, node.otherwise]) };
    case 'defer': return { kind: 'defer', nodes: all([node.primary, ...node.parts.map(({ node: part }) => part)]) };
  }
}

function shownFetch(fetch: RootFetch | EntityFetch, timings: readonly FetchTiming[], started: number): ShownFetch {
  return {
    kind: 'fetch', service: fetch.service,
    ...(fetch.kind === 'root' ? {} : { paths: fetch.groups.flatMap(({ paths }) => paths.map(shownPath)) }),
    operation: print(parse(fetch.operation)),
    requests: timings.map((timing) => ({ atMs: rounded(timing.started - started), ms: rounded(timing.ms), outcome: timing.outcome })),
  };
}

const shownPath = (path: readonly PathSegment[]): string => path.map((segment) => {
  if (segment.kind === 'list') return '@';
  return segment.kind === 'field' ? segment.name : `(${segment.names.join('|')})`;
}).join('.');
