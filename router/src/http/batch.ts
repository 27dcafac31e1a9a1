/**
 * Several operations in one request: each counts against limits and rate as if it had come alone, and none fails for another.
 * All at once when they only read; one after another as soon as one of them changes something, so that each sees what came before it.
 */
import { badInput } from '@pms/errors';
import { type Caller, type GraphQLParams, notHere, type ReadyOperation, refuseOverLimit, type Service } from '../operation/serve.ts';
import { InvalidOperation } from '../operation/validate.ts';
import { noteErrors } from '../telemetry/seen.ts';
import { failureOf, failureText } from './failure.ts';
import { paramsFromBody } from './params.ts';
import type { HttpSettings } from './settings.ts';

/** An operation on its way. */
export interface Asked {
  /** `null` for one that is not valid, where plugins are to hear of it: its errors are found once more. */
  readonly ready: ReadyOperation | null;
  readonly params: GraphQLParams;
  readonly caller: Caller;
}

export interface BatchOptions {
  readonly settings: HttpSettings['batching'];
  readonly service: Service;
  readonly caller: Caller;
  /** Of the request that they came in. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Whether plugins are to hear of what is not valid. */
  readonly plugged: boolean;
  run(asked: Asked): Promise<string>;
}

export interface BatchAnswer {
  /** A JSON array, in the order of the operations. */
  readonly text: string;
  /** What is left of the caller's rate. */
  readonly headers: Readonly<Record<string, string>>;
}

type Member = Asked | { readonly failed: string; readonly caller: Caller };

/** Throws BAD_USER_INPUT for what is no batch that is accepted. */
export async function answerBatch(operations: readonly unknown[], { settings, service, caller: sender, headers: sent, plugged, run }: BatchOptions): Promise<BatchAnswer> {
  if (!settings.enabled) throw badInput('batches of operations are not accepted');
  if (operations.length === 0) throw badInput('a batch must hold an operation');
  if (operations.length > settings.operationsMax) throw badInput(`a batch may hold ${settings.operationsMax} operations`, { limit: 'operations of a batch', found: operations.length, allowed: settings.operationsMax });
  let headers: BatchAnswer['headers'] = {};
  const failed = (error: unknown, { correlationId, seen }: Caller): string => {
    const failure = failureOf(error, correlationId, service.logger, service.metrics);
    noteErrors(seen, failure.errors);
    return failureText(failure);
  };
  /** Each is noted by itself. */
  const callerOf = (): Caller => {
    const seen = service.observer.begin({ via: 'http', name: 'operation of a batch', correlationId: sender.correlationId, headers: sent, address: sender.address });
    seen.principal = sender.principal;
    return { ...sender, seen };
  };

  const prepared = async (operation: unknown): Promise<Member> => {
    const caller = callerOf();
    try {
      const decision = await service.count(caller);
      headers = decision.headers;
      refuseOverLimit(decision);
      const params = paramsFromBody(operation);
      const ready = await service.prepare(params, caller).catch((error: unknown) => {
        if (!plugged || !(error instanceof InvalidOperation)) throw error;
        failed(error, caller); // noted as any other
        return null;
      });
      headers = ready?.rate?.headers ?? headers;
      if (ready?.operation.kind === 'subscription') throw notHere('a subscription cannot be part of a batch');
      return { params, ready, caller };
    } catch (error) {
      return { failed: failed(error, caller), caller };
    }
  };
  const answered = async (member: Member): Promise<string> => {
    try {
      return 'failed' in member ? member.failed : await run(member);
    } catch (error) {
      return failed(error, member.caller);
    } finally {
      service.observer.end(member.caller.seen, null);
    }
  };

  const members: Member[] = [];
  for (const operation of operations) members.push(await prepared(operation));
  const changes = members.some((member) => 'ready' in member && member.ready?.operation.kind === 'mutation');
  const texts = changes ? await oneAfterAnother(members, answered) : await Promise.all(members.map(answered));
  return { text: `[${texts.join(',')}]`, headers };
}

async function oneAfterAnother(members: readonly Member[], answered: (member: Member) => Promise<string>): Promise<string[]> {
  const texts: string[] = [];
  for (const member of members) texts.push(await answered(member));
  return texts;
}
