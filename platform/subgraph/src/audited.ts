/**
 * Sees to it that every mutation leaves a trace: one that told no event of its own, because it was refused, failed, or changed nothing worth an event, is noted with who asked
 * for what, and how it ended. What told events is on record by them, in the transaction of the change itself; nothing is added to its way.
 */
import { DomainError } from '@pms/errors';
import { actingFor } from '@pms/events/acting';
import { event } from '@pms/events/envelope';
import { mutationNotedBy, watchTelling } from '@pms/events/mutation-noted';
import { unitOfWork } from '@pms/events/unit-of-work';
import { counter } from '@pms/telemetry/metrics';
import { defaultFieldResolver, type GraphQLField } from 'graphql';
import { outlined } from './outline.ts';
import type { SignedRequest, Subgraph, Surroundings } from './subgraph.ts';

type Given = Pick<Surroundings, 'database' | 'newId' | 'now' | 'wake' | 'logger'>;
type Outcome = { readonly outcome: 'DONE' | 'REFUSED' | 'FAILED'; readonly codes: readonly string[] };

const lost = counter('pms_mutations_not_noted_total', 'Mutations that told no event and could not be noted either, by domain.', ['domain']);

/** The same subgraph: its mutations are wrapped where they are. */
export function audited(subgraph: Subgraph, given: Given): Subgraph {
  const fields = subgraph.schema.getMutationType()?.getFields() ?? {};
  const work = unitOfWork(given.database, subgraph.name, given.wake);
  const noted = mutationNotedBy(subgraph.name);
  const note = async ({ principal, origin }: SignedRequest, mutation: string, input: unknown, { outcome, codes }: Outcome): Promise<void> => {
    const reason = reasonIn(input);
    const maker = { origin: { ...origin, ...(reason === undefined ? {} : { reason }) }, newId: given.newId, now: given.now };
    try {
      await actingFor(origin.organizationId, () => work(({ outbox }) => outbox.add([event(noted, principal.subject, { mutation, outcome, codes: [...codes], input: outlined(input) }, maker)])));
    } catch (error) {
      // what was asked for is decided, and its answer does not depend on this
      lost.inc({ domain: subgraph.name });
      given.logger.error({ err: error, mutation, correlationId: origin.correlationId }, 'a mutation could not be noted for the audit trail');
    }
  };
  for (const field of Object.values(fields)) watch(field, note);
  return subgraph;
}

type Note = (request: SignedRequest, mutation: string, input: unknown, outcome: Outcome) => Promise<void>;

function watch(field: GraphQLField<unknown, unknown>, note: Note): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = async (source, args, context, info) => {
    const request = context as SignedRequest;
    const input = (args as { input?: unknown }).input;
    const watching = watchTelling(request.origin);
    try {
      const result: unknown = await resolve(source, args, context, info);
      const outcome = outcomeOf(result);
      if (!watching.end() || outcome.outcome !== 'DONE') await note(request, field.name, input, outcome);
      return result;
    } catch (error) {
      watching.end();
      const code = error instanceof DomainError ? error.code : 'INTERNAL';
      await note(request, field.name, input, { outcome: code === 'INTERNAL' ? 'FAILED' : 'REFUSED', codes: [code] });
      throw error;
    }
  };
}

function outcomeOf(result: unknown): Outcome {
  const { userErrors = [] } = (result ?? {}) as { userErrors?: readonly { readonly code: string }[] };
  const codes = [...new Set(userErrors.map(({ code }) => code))];
  return { outcome: codes.length === 0 ? 'DONE' : 'REFUSED', codes };
}

function reasonIn(input: unknown): string | undefined {
  const { reason } = (input ?? {}) as { reason?: unknown };
  return typeof reason === 'string' && reason !== '' ? reason : undefined;
}
