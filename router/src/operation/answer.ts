/** What was found, as the text of a response; nulls that nothing explains yet get an error. */
import type { Freshness } from '../cache/policy.ts';
import type { Problem } from '../execution/project.ts';
import type { ClientError, Run } from '../execution/run.ts';
import type { RouterLogger } from '../observe.ts';
import { internal } from './errors.ts';
import type { Variant } from './prepare.ts';

/** A response as text, with what others want to know of it. */
export interface Answer {
  readonly text: string;
  readonly errors: readonly ClientError[];
  /** What each fetch said about keeping it; only where answers are kept. */
  readonly heard?: readonly (string | undefined)[];
  /** How long it may be kept, and how old it is. */
  readonly freshness?: Freshness;
}

export function finished(variant: Variant, run: Run, logger: RouterLogger): Answer {
  const { text, problems } = variant.project(run.data, run.variables, run.shared);
  const errors = problems.length === 0 ? run.errors : [...run.errors, ...unexplained(problems, run, logger)];
  const data = `{"data":${text}`;
  return { text: errors.length === 0 ? `${data}}` : `${data},"errors":${JSON.stringify(errors)}}`, errors };
}

/**
 * A null that no error speaks of yet gets one: a client must be able to tell a fault from an absence. An error
 * anywhere in the same object speaks of it, because a fault in one field takes the whole entity with it.
 */
export function unexplained(problems: readonly Problem[], { errors, context }: Run, logger: RouterLogger): ClientError[] {
  return problems.flatMap((problem): ClientError[] => {
    if (problem.kind === 'hidden') return [{
      message: 'the access token does not allow this', path: problem.path,
      extensions: { code: context.principal === null ? 'UNAUTHENTICATED' : 'FORBIDDEN' },
    }];
    if (errors.some(({ path }) => path === undefined || related(path, problem.path.slice(0, -1)))) return [];
    logger.error({ correlationId: context.correlationId, coordinate: problem.coordinate, path: problem.path }, 'a subgraph left out a value that may not be null');
    return [internal(context.correlationId, problem.path)];
  });
}

/** Whether one path leads into the other; `@` stands for any position. */
function related(left: readonly (string | number)[], right: readonly (string | number)[]): boolean {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1)
    if (left[index] !== right[index] && left[index] !== '@' && right[index] !== '@') return false;
  return true;
}
