/** An operation with `@defer`, answered in parts: `{ data, errors, hasNext }`, then `{ incremental: [{ label, path, data, errors }], hasNext }`. */
import type { RequestContext } from '../dial/transport.ts';
import { activeParts, deferring, deliver, type Increment } from '../execution/deliver.ts';
import type { ClientError, Environment, Run } from '../execution/run.ts';
import type { RouterLogger } from '../observe.ts';
import { type Answer, finished, toldOf, unexplained } from './answer.ts';
import type { Variant } from './prepare.ts';

interface Delivery {
  readonly isA: Environment['isA'];
  readonly logger: RouterLogger;
}

export async function* inParts(variant: Variant, variables: Run['variables'], context: RequestContext, { isA, logger }: Delivery): AsyncGenerator<Answer> {
  const run: Run = { variables, context, data: {}, errors: toldOf(variant), deferring: deferring() };
  if (variant.steps !== null) await variant.steps(run);
  if (variant.introspect !== null) Object.assign(run.data, await variant.introspect(variables));
  const first = finished(variant, run, logger);
  const { data } = JSON.parse(first.text) as { readonly data: unknown };
  const waiting = data === null ? [] : activeParts(variant.parts, variables);
  yield withNext(first, waiting.length > 0);
  for await (const { increments, last } of deliver(waiting, data, run, isA)) if (increments.length > 0 || last) yield incremental(increments, !last, { run, variant, logger });
}

const withNext = ({ text, errors }: Answer, more: boolean): Answer => ({ text: `${text.slice(0, -1)},"hasNext":${more}}`, errors });

function incremental(increments: readonly Increment[], more: boolean, { run, variant, logger }: { readonly run: Run; readonly variant: Variant; readonly logger: RouterLogger }): Answer {
  const all: ClientError[] = [];
  const texts = increments.map(({ label, path, projection: { text, problems }, errors: told }) => {
    const errors = problems.length === 0 ? told : [...told, ...unexplained(problems, { ...run, errors: [...told] }, variant, logger)];
    all.push(...errors);
    const named = label === undefined ? '' : `"label":${JSON.stringify(label)},`;
    return `{${named}"path":${JSON.stringify(path)},"data":${text}${errors.length === 0 ? '' : `,"errors":${JSON.stringify(errors)}`}}`;
  });
  return { text: `{${texts.length === 0 ? '' : `"incremental":[${texts.join(',')}],`}"hasNext":${more}}`, errors: all };
}
