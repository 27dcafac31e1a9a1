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
  /** Whether the text ends with extensions. */
  readonly extended?: boolean;
  /** What each fetch said about keeping it; only where answers are kept. */
  readonly heard?: readonly (string | undefined)[];
  /** How long it may be kept, and how old it is. */
  readonly freshness?: Freshness;
  /** The text in UTF-8, made when it is asked for; only where it may be asked for again. */
  readonly encoded?: () => Buffer;
}

export function encodedOnce(answer: Answer): Answer {
  let bytes: Buffer | undefined;
  return { ...answer, encoded: () => (bytes ??= Buffer.from(answer.text)) };
}

/** What was taken out of the operation, where errors are the place to say it. */
export const toldOf = ({ denied, tell }: Variant): ClientError[] => (tell === 'errors' ? [...denied] : []);

export function finished(variant: Variant, run: Run, logger: RouterLogger): Answer {
  const { text, problems } = variant.project(run.data, run.variables, run.shared);
  const errors = problems.length === 0 ? run.errors : [...run.errors, ...unexplained(problems, run, variant, logger)];
  const unread = variant.tell === 'extensions' ? [...variant.denied, ...hidden(problems, run)] : NONE;
  const told = errors.length === 0 ? '' : `,"errors":${JSON.stringify(errors)}`;
  if (unread.length === 0) return { text: `{"data":${text}${told}}`, errors };
  return { text: `{"data":${text}${told},"extensions":{"authorizationErrors":${JSON.stringify(unread)}}}`, errors, extended: true };
}

const NONE: readonly ClientError[] = [];

/**
 * A null that no error speaks of yet gets one: a client must be able to tell a fault from an absence. An error
 * anywhere in the same object speaks of it, because a fault in one field takes the whole entity with it.
 */
export function unexplained(problems: readonly Problem[], run: Pick<Run, 'errors' | 'context'>, { denied, tell }: Variant, logger: RouterLogger): ClientError[] {
  const { correlationId } = run.context;
  const explained = [...run.errors, ...denied];
  const missing = problems.flatMap(({ kind, path, coordinate }): ClientError[] => {
    if (kind === 'hidden' || explained.some((error) => error.path === undefined || related(error.path, path.slice(0, -1)))) return [];
    logger.error({ correlationId, coordinate, path }, 'a subgraph left out a value that may not be null');
    return [internal(correlationId, path)];
  });
  return tell === 'errors' ? [...hidden(problems, run), ...missing] : missing;
}

/** Objects of kinds that the caller may not see: found only where they turn up. */
const hidden = (problems: readonly Problem[], { context: { principal } }: Pick<Run, 'context'>): ClientError[] => problems.filter(({ kind }) => kind === 'hidden').map(({ path }) => ({
  message: 'the access token does not allow this', path, extensions: { code: principal === null ? 'UNAUTHENTICATED' : 'FORBIDDEN' },
}));

/** Whether one path leads into the other; `@` stands for any position. */
function related(left: readonly (string | number)[], right: readonly (string | number)[]): boolean {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1)
    if (left[index] !== right[index] && left[index] !== '@' && right[index] !== '@') return false;
  return true;
}
