/**
 * Makes an operation ready to run, once per document: parsed, validated, measured; and once per what its sender
 * may read: filtered, planned, compiled. Both are kept, bounded, least recently used out first.
 */
import { createHash } from 'node:crypto';
import { DomainError } from '@pms/errors';
import type { Principal } from '@pms/identity/principal';
import { type ASTNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode, print } from 'graphql';
import { LRUCache } from 'lru-cache';
import { compilePlan } from '../execution/compile.ts';
import { type Introspect, introspection } from '../execution/introspect.ts';
import { type Deferral, deferralOf, withoutDefer } from '../execution/deferral.ts';
import { type CompiledPart, compileParts } from '../execution/deliver.ts';
import { compileProjection, type Project, type Visibility } from '../execution/project.ts';
import { named } from '../execution/naming.ts';
import { decided, type Switches, switchesIn, switchesOf } from '../execution/switches.ts';
import { acceptRoot } from '../execution/root-fetch.ts';
import type { ClientError, Environment, Run, Step } from '../execution/run.ts';
import type { SubgraphResult } from '../dial/transport.ts';
import type { Planner, QueryPlan, RootFetch } from '../planner/plan.ts';
import { type Filtered, filterOperation, visibilityOf } from '../security/authorize.ts';
import type { AuthorizationSettings } from '../security/settings.ts';
import type { CostModel, Term } from '../security/cost.ts';
import type { Planning } from '../telemetry/prepared.ts';
import { decide, type Policies, type Requirements } from '../security/requirements.ts';
import { countUse, mostUsed, newPopularity, type Popularity } from './popularity.ts';
import { shapeOf } from './shape.ts';
import { InvalidOperation, type ValidationOptions, type ValidOperation, validOperation } from './validate.ts';

const DOCUMENTS_MAX = 2_000;
const DOCUMENT_CHARACTERS_MAX = 32 * 1024 * 1024;
/** Some 65 KiB each, so 130 MiB when all are there. */
const VARIANTS_MAX = 2_000;

export interface PreparedOperation extends ValidOperation {
  /** Names it among all operations on this supergraph. */
  readonly key: string;
  readonly kind: OperationDefinitionNode['operation'];
  /** null for one without a name. */
  readonly name: string | null;
  /** SHA-256 of the document. */
  readonly hash: string;
  /** The static cost, or what makes it of the variables. */
  readonly cost: Term;
  /** The operation with its `@defer`, which `operation` is without; `null` when it has none. */
  readonly deferral: Deferral | null;
  /** Variables that decide what is selected. */
  readonly switches: readonly string[];
}

/** What a variant is made for, beside its sender. */
export interface VariantChoice {
  /** Labels of `@override` that hold. */
  readonly labels: readonly string[];
  /** Whether what is deferred is sent in parts. */
  readonly incremental: boolean;
  /** Where they are known, the plan is made for their conditions. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** An operation as one class of senders may run it. */
export interface Variant {
  /** What its senders may read. */
  readonly decision: string;
  readonly planning: Planning;
  readonly plan: QueryPlan;
  /** Errors about what was removed. */
  readonly denied: readonly ClientError[];
  /** Where the client is told of them. */
  readonly tell: AuthorizationSettings['errors'];
  /** Whether the operation is refused as a whole, because of them. */
  readonly refused: boolean;
  readonly steps: Step | null;
  readonly subscription: { readonly fetch: RootFetch; accept(result: SubgraphResult, run: Run): void } | null;
  readonly introspect: Introspect | null;
  readonly project: Project;
  /** What is sent after the rest; empty where the whole answer is sent at once. */
  readonly parts: readonly CompiledPart[];
  /** What its client can see of the types; made when it is asked for. */
  shape(): string;
}

export interface PreparationOptions extends ValidationOptions {
  readonly policies: Policies;
  /** Whether `@authenticated` and its kin are enforced. */
  readonly authorization: boolean;
  readonly denials: Pick<AuthorizationSettings, 'errors' | 'rejectUnauthorized'>;
  readonly planned: (found: boolean) => void;
  /** A plan that was not there yet has been made. */
  readonly made: (ms: number) => void;
}

export interface Preparation {
  operation(source: string, operationName: string | undefined): PreparedOperation;
  variant(operation: PreparedOperation, principal: Principal | null, choice: VariantChoice): Promise<Variant>;
  /** Plans that are kept. */
  kept(): number;
  /** What is asked for most, lately more than long ago. */
  popular(max: number): readonly AskedFor[];
}

/** An operation to prepare again: its text, and one of those who asked for it. */
export interface AskedFor {
  readonly source: string;
  readonly operationName: string | undefined;
  readonly principal: Principal | null;
  readonly incremental: boolean;
  /** The variables that decide what is selected. */
  readonly switches: Switches | undefined;
}

interface KeptVariant {
  readonly made: Promise<Variant>;
  readonly operation: PreparedOperation;
  readonly principal: Principal | null;
  readonly incremental: boolean;
  /** The variables that decide what is selected. */
  readonly switches: Switches | undefined;
  readonly popularity: Popularity;
}

export interface Planned {
  readonly api: GraphQLSchema;
  readonly planner: Planner;
  readonly environment: Environment;
  readonly requirements: Requirements;
  readonly costs: CostModel;
}

const everything: Visibility = { fieldHidden: () => false, typeHidden: () => false };

export function preparation(planned: Planned, options: PreparationOptions): Preparation {
  const operations = new LRUCache<string, PreparedOperation>({
    max: DOCUMENTS_MAX, maxSize: DOCUMENT_CHARACTERS_MAX, sizeCalculation: ({ key }) => key.length,
  });
  const variants = new LRUCache<string, KeptVariant>({ max: VARIANTS_MAX });

  return {
    operation(source, operationName) {
      const key = `${operationName ?? ''}\n${source}`;
      const known = operations.get(key);
      if (known !== undefined) return known;
      const valid = validOperation(planned.api, source, operationName, options);
      const prepared = { ...inOnePiece(valid, deferralOf(planned.api, valid.operation, valid.fragments, planned.environment.naming)), key, kind: valid.operation.operation, name: valid.operation.name?.value ?? null, hash: createHash('sha256').update(source).digest('hex'), cost: costOf(planned.costs, valid, options), switches: switchesOf(valid.document.definitions) };
      operations.set(key, prepared);
      return prepared;
    },
    variant(operation, principal, { labels, incremental, variables }) {
      const decision = options.authorization ? decide(planned.requirements, principal, options.policies) : '';
      const deferral = incremental ? operation.deferral : null;
      const switches = variables === undefined || operation.switches.length === 0 ? undefined : switchesIn(operation.switches, variables);
      const key = `${decision}${principal === null ? 'a' : ''}${deferral === null ? '' : 'd'}${switches === undefined ? '' : JSON.stringify(switches)}${labels.length === 0 ? '' : ` ${labels.join(' ')}`}\n${operation.key}`;
      const known = variants.get(key);
      options.planned(known !== undefined);
      if (known !== undefined) {
        countUse(known.popularity);
        return known.made;
      }
      const sender: Sender = { decision, anonymous: principal === null, labels, switches, denials: options.denials, deferral: null };
      const whole = (): Promise<Variant> => makeVariant(planned, operation, sender);
      // What cannot be planned in parts is answered at once, which a client that takes parts takes too.
      const made = deferral === null ? whole() : makeVariant(planned, { ...operation, operation: deferral.operation, fragments: {} }, { ...sender, deferral }).catch(whole);
      variants.set(key, { made, operation, principal, incremental, switches, popularity: newPopularity() });
      made.then(({ planning }) => options.made(planning.ms), () => variants.delete(key)); // a failure to plan is not kept
      return made;
    },
    kept: () => variants.size,
    popular: (max) => mostUsed(variants.values(), max).map(({ operation, principal, incremental, switches }) => ({ ...documentOf(operation), principal, incremental, switches })),
  };
}

function inOnePiece(valid: ValidOperation, deferral: Deferral | null): ValidOperation & Pick<PreparedOperation, 'deferral'> {
  if (deferral === null && valid.document.definitions.every((definition) => definition === withoutDefer(definition))) return { ...valid, deferral };
  return {
    document: withoutDefer(valid.document), operation: withoutDefer(valid.operation), deferral,
    fragments: Object.fromEntries(Object.entries(valid.fragments).map(([name, fragment]) => [name, withoutDefer(fragment)])),
  };
}

/** The text and the name that an operation was prepared from. */
export function documentOf({ key }: PreparedOperation): Pick<AskedFor, 'source' | 'operationName'> {
  const end = key.indexOf('\n');
  return { source: key.slice(end + 1), operationName: end === 0 ? undefined : key.slice(0, end) };
}

interface Sender { readonly denials: PreparationOptions['denials']; readonly decision: string; readonly anonymous: boolean; readonly labels: readonly string[]; readonly deferral: Deferral | null; readonly switches: Switches | undefined }

function costOf(costs: CostModel, { operation, fragments }: ValidOperation, { limits }: PreparationOptions): Term {
  const { term, unsliced } = costs.costOf(operation, fragments);
  if (unsliced.length > 0 && limits.costMode === 'enforce' && !limits.warnOnly) throw new InvalidOperation('GRAPHQL_VALIDATION_FAILED', unsliced.map(({ node, names }) =>
    new GraphQLError(`the field "${node.name.value}" must be given exactly one of these arguments: ${names.join(', ')}`, { nodes: node })));
  return term;
}

async function makeVariant(planned: Planned, prepared: PreparedOperation, { denials, decision, anonymous, labels, deferral, switches }: Sender): Promise<Variant> {
  const { api, environment } = planned;
  const started = performance.now();
  const visibility = visibilityOf(planned.requirements, decision);
  const filtered = filterOperation(api, prepared, visibility);
  const plan = await planFor(planned, withSwitches(filtered, prepared, switches ?? {}), { labels, defer: deferral !== null });
  const root = api.getRootType(prepared.kind);
  if (root == null) throw new DomainError('BAD_USER_INPUT', `the schema has no ${prepared.kind}`);
  const introspect = prepared.kind === 'query' ? introspection(api, prepared.operation, prepared.fragments) : null;
  const reading = { naming: environment.naming, visibility: visibility ?? everything };
  const steps = plan.node === undefined ? null : compilePlan(plan.node, environment);
  const at = performance.now();
  return {
    decision, plan, planning: { planner: planned.planner.name, ms: at - started, at },
    denied: filtered.removed.map((path) => deniedAt(path, anonymous)), tell: denials.errors,
    refused: (filtered.operation === null && introspect === null) || (denials.rejectUnauthorized && filtered.removed.length > 0),
    steps, introspect,
    subscription: plan.subscription === undefined ? null : { fetch: plan.subscription, accept: acceptRoot(plan.subscription, environment) },
    shape: once(() => shapeOf(api, prepared, visibility)),
    project: compileProjection(api, root, prepared.operation.selectionSet, prepared.fragments, reading),
    parts: deferral === null ? [] : compileParts(api, deferral.parts, reading),
  };
}

interface Plannable { readonly operation: OperationDefinitionNode | null; readonly fragments: ValidOperation['fragments'] }

function withSwitches({ operation, rewritten }: Filtered, { fragments }: ValidOperation, switches: Switches): Plannable {
  return {
    operation: operation === null ? null : decided(operation, switches),
    fragments: rewritten ? {} : Object.fromEntries(Object.entries(fragments).map(([name, fragment]) => [name, decided(fragment, switches)])),
  };
}

function planFor({ api, planner, environment }: Planned, { operation, fragments }: Plannable, choice: Parameters<Planner['plan']>[1]): QueryPlan | Promise<QueryPlan> {
  if (operation === null || !fetches(operation, fragments)) return {};
  return planner.plan(textOf(named(api, environment.naming, operation, fragments)), choice);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const textOf = (nodes: readonly ASTNode[]): string => nodes.map(print).join('\n');

/** Whether any subgraph has a part in the operation: the schema itself is answered here. */
function fetches(operation: OperationDefinitionNode, fragments: ValidOperation['fragments']): boolean {
  const found = (set: OperationDefinitionNode['selectionSet']): boolean => set.selections.some((selection) => {
    if (selection.kind === 'Field') return !selection.name.value.startsWith('__');
    const inner = selection.kind === 'FragmentSpread' ? fragments[selection.name.value] : selection;
    return inner !== undefined && found(inner.selectionSet);
  });
  return found(operation.selectionSet);
}

const deniedAt = (path: readonly string[], anonymous: boolean): ClientError => anonymous
  ? { message: 'sign in to read this: the request carries no access token', path, extensions: { code: 'UNAUTHENTICATED' } }
  : { message: 'the access token does not allow this', path, extensions: { code: 'FORBIDDEN' } };
