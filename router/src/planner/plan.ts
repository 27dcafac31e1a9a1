/** A query plan in the router's own words; what either planner says is converted to this before it is compiled. */

export type PathSegment =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'list' }
  | { readonly kind: 'type'; readonly names: readonly string[] };

export type RewriteSegment =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'type'; readonly names: readonly string[] }
  | { readonly kind: 'parent' };

export type Rewrite =
  | { readonly kind: 'set'; readonly path: readonly RewriteSegment[]; readonly value: unknown }
  | { readonly kind: 'rename'; readonly path: readonly RewriteSegment[]; readonly to: string };

/** What a representation is made of: `from` is the key in the data so far, `to` the key that is sent. */
export type Required =
  | { readonly kind: 'field'; readonly from: string; readonly to: string; readonly selections?: readonly Required[] }
  | {
    readonly kind: 'fragment'; readonly typeCondition?: string; readonly selections: readonly Required[];
    readonly skipIf?: string; readonly includeIf?: string;
  };

interface Operation {
  /** Only where deferred parts wait for this fetch. */
  readonly id?: string;
  readonly service: string;
  readonly operation: string;
  readonly operationName?: string;
  readonly operationKind: 'query' | 'mutation' | 'subscription';
  readonly variables: readonly string[];
}

export interface RootFetch extends Operation {
  readonly kind: 'root';
  readonly outputRewrites: readonly Rewrite[];
}

/** One `_entities` field of a fetch; a fetch may ask for several kinds of entities at once, each under an alias. */
export interface EntityGroup {
  readonly responseKey: string;
  readonly variable: string;
  readonly paths: readonly (readonly PathSegment[])[];
  readonly requires: readonly Required[];
  readonly inputRewrites: readonly Rewrite[];
  readonly outputRewrites: readonly Rewrite[];
  /** `@fromContext`: values taken from around the entity and sent as variables of the fetch. */
  readonly contextRewrites: readonly Extract<Rewrite, { kind: 'rename' }>[];
}

export interface EntityFetch extends Operation {
  readonly kind: 'entities';
  readonly groups: readonly EntityGroup[];
}

export type PlanNode =
  | RootFetch
  | EntityFetch
  | { readonly kind: 'sequence'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'parallel'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'condition'; readonly variable: string; readonly then?: PlanNode; readonly otherwise?: PlanNode }
  | { readonly kind: 'defer'; readonly primary?: PlanNode; readonly parts: readonly DeferredPlan[] };

/** What is fetched for one `@defer`: it may begin when the fetches it depends on have come back. */
export interface DeferredPlan {
  readonly label: string;
  readonly depends: readonly string[];
  readonly node?: PlanNode;
}

/** `subscription` is the fetch that is subscribed upstream; `node` then runs once for each of its events. */
export interface QueryPlan {
  readonly subscription?: RootFetch;
  readonly node?: PlanNode;
}

/** What a plan depends on beside its operation. */
export interface PlanConditions {
  /** Labels of `@override` that hold; all others do not. */
  readonly labels: readonly string[];
  /** Whether `@defer` is planned; each one then has a label of its own. */
  readonly defer: boolean;
}

export const PLAIN: PlanConditions = { labels: [], defer: false };

/** `operation` is one operation with its fragments, valid against the API schema. Rejects when it cannot be planned. */
export type PlanOperation = (operation: string, conditions: PlanConditions) => Promise<QueryPlan>;

export interface Planner {
  readonly name: 'native' | 'apollo';
  readonly plan: PlanOperation;
  /** Whether it can plan `@defer`, itself or by asking the other. */
  readonly defers: boolean;
  close(): void;
}
