/**
 * One supergraph, ready to answer: operations in, JSON text out. Knows nothing of HTTP or websockets. A new
 * supergraph is a new engine; requests that have begun end on the one they began with.
 */
import type { Principal } from '@pms/identity/principal';
import type { GraphQLSchema } from 'graphql';
import type { Dial, RequestContext, Transport } from './dial/transport.ts';
import { compilableEnvironment } from './execution/environment.ts';
import { recallOf } from './execution/recall.ts';
import type { Run } from './execution/run.ts';
import type { RouterLogger, RouterMetrics } from './observe.ts';
import { type Answer, finished, toldOf } from './operation/answer.ts';
import { subgraphReport } from './operation/errors.ts';
import { executing } from './operation/execute.ts';
import { inParts } from './operation/in-parts.ts';
import { type AskedFor, type Preparation, preparation, type PreparationOptions, type PreparedOperation, type Variant } from './operation/prepare.ts';
import { coerced } from './operation/variables.ts';
import { activeLabels, type OverrideOptions } from './planner/override.ts';
import type { Planner } from './planner/plan.ts';
import { plannerFor, type PlannerChoice } from './planner/planner.ts';
import { costModel, valueOf } from './security/cost.ts';
import { limitGate, type OperationLimits } from './security/limits.ts';
import { authorizationSettings } from './security/settings.ts';
import { type Policies, requirementsOf } from './security/requirements.ts';
import { readSupergraph, type SupergraphDocument } from './supergraph/document.ts';
import { linkedFeatures } from './supergraph/features.ts';
import { type Users, users } from './supergraph/users.ts';

export interface EngineOptions extends OverrideOptions {
  readonly dial: Dial;
  readonly planner?: PlannerChoice;
  readonly limits: OperationLimits;
  readonly introspection: boolean;
  readonly suggestions: boolean;
  readonly policies: Policies;
  readonly authorization: boolean;
  readonly denials?: PreparationOptions['denials'];
  /** Bytes that recorded executions may take; 0 or nothing where none are recorded. */
  readonly recallBytesMax?: number;
  readonly logger: RouterLogger;
  readonly metrics: RouterMetrics;
}

export interface Engine {
  readonly sdl: string;
  readonly supergraph: SupergraphDocument;
  readonly api: GraphQLSchema;
  readonly planner: Planner['name'];
  /** Throws InvalidOperation or DomainError. */
  prepare(source: string, operationName: string | undefined): PreparedOperation;
  /** Throws InvalidOperation for variables that do not fit, OPERATION_TOO_COMPLEX for those that are too large and for a cost that is too high. */
  variables(operation: PreparedOperation, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** The static cost with these variables. */
  cost(operation: PreparedOperation, variables: Readonly<Record<string, unknown>>): number;
  /**
   * `incremental` where what is deferred can be sent in parts; such a variant is run by `executeInParts`. With variables,
   * the plan is made for what they select, and for no others.
   */
  variant(operation: PreparedOperation, principal: Principal | null, incremental?: boolean, variables?: Readonly<Record<string, unknown>>): Promise<Variant>;
  execute(variant: Variant, variables: Readonly<Record<string, unknown>>, context: RequestContext): Promise<Answer>;
  /** The first text is an answer with `hasNext`, the others are what was deferred. */
  executeInParts(variant: Variant, variables: Readonly<Record<string, unknown>>, context: RequestContext): AsyncGenerator<Answer>;
  /** Runs what follows an event of a subscription. */
  executeEvent(variant: Variant, run: Run): Promise<Answer>;
  /** Plans that are kept. */
  kept(): number;
  transport(service: string): Transport;
  /** Where the supergraph says that a subgraph is. */
  address(service: string): string | undefined;
  newRun(variables: Readonly<Record<string, unknown>>, context: RequestContext): Run;
  /** What it is asked for most, lately more than long ago. */
  popular(max: number): readonly AskedFor[];
  /** Keeps it open; the answer gives it free. */
  hold(): () => void;
  /** Closes once nothing holds it and nothing runs: no new operation is prepared after that. */
  close(): void;
}

const MS_PER_SECOND = 1_000;

export async function makeEngine(sdl: string, options: EngineOptions): Promise<Engine> {
  const supergraph = readSupergraph(sdl, options.planner !== 'native'); // the native planner knows no @defer
  const features = linkedFeatures(supergraph.document);
  const transports = new Map(supergraph.subgraphs.map((subgraph) => [subgraph.name, options.dial(subgraph)]));
  const addresses = new Map(supergraph.subgraphs.map(({ name, url }) => [name, url]));
  const planner = await plannerFor(supergraph, options.planner);
  const inUse = users(planner.close);
  const transport = (service: string): Transport => {
    const found = transports.get(service);
    if (found === undefined) throw new Error(`the plan names a subgraph that the supergraph does not: ${service}`);
    return found;
  };
  const environment = compilableEnvironment(supergraph, transport, subgraphReport(options.logger), options.metrics);
  const costs = costModel(supergraph.full, features, options.limits.listSizeAssumed);
  const gate = limitGate(options.limits, options.logger, options.metrics);
  const prepared: Preparation = preparation(
    { api: supergraph.api, planner: counted(planner, inUse), environment, requirements: requirementsOf(supergraph.full, features), costs },
    { ...options, gate, denials: options.denials ?? authorizationSettings.parse({}), planned: (found) => options.metrics.plans.inc({ found: String(found) }), made: (ms) => options.metrics.planning.observe(ms / MS_PER_SECOND) },
  );
  const labels = activeLabels(supergraph.document, options);
  const coercing = { ...options, gate };
  const { recallBytesMax = 0 } = options;
  const execute = executing({
    logger: options.logger,
    recall: recallBytesMax === 0 ? null : recallOf({ bytesMax: recallBytesMax, outcome: (outcome) => options.metrics.recalled.inc({ outcome }) }),
  });
  return {
    sdl, supergraph, api: supergraph.api, planner: planner.name, transport, hold: inUse.hold, close: inUse.close,
    address: (service) => addresses.get(service),
    popular: prepared.popular,
    prepare: prepared.operation,
    kept: prepared.kept,
    variant: (operation, principal, incremental = false, variables?) => prepared.variant(operation, principal, { labels: labels?.(principal) ?? [], incremental, variables }),
    executeInParts: (variant, variables, context) => inParts(variant, variables, context, { isA: environment.isA, logger: options.logger }),
    variables: (operation, given) => coerced(supergraph.api, operation, given, coercing),
    cost: (operation, variables) => valueOf(operation.cost, variables),
    newRun: (variables, context) => ({ variables, context, data: {}, errors: [] }),
    async execute(variant, variables, context) {
      inUse.enter();
      try {
        return await execute(variant, variables, context);
      } finally {
        inUse.leave();
      }
    },
    async executeEvent(variant, run) {
      run.errors.push(...toldOf(variant));
      if (variant.steps !== null) await variant.steps(run);
      return finished(variant, run, options.logger);
    },
  };
}

/** An operation that is being planned holds the engine that it is planned for. */
const counted = (planner: Planner, inUse: Users): Planner => ({
  ...planner,
  plan(operation, choice) {
    inUse.enter();
    return planner.plan(operation, choice).finally(inUse.leave);
  },
});
