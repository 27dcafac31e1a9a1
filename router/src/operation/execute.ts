/** Runs an operation in one piece: from what an earlier execution like it has left, where the subgraphs say the same again, else from the beginning. */
import type { RequestContext } from '../dial/transport.ts';
import { AnswersChanged, newRecorder, type Recall, type Recording, type Sent } from '../execution/recall.ts';
import type { Run } from '../execution/run.ts';
import type { RouterLogger } from '../observe.ts';
import { type Answer, encodedOnce, finished, toldOf } from './answer.ts';
import type { Variant } from './prepare.ts';

export interface ExecutionOptions {
  readonly logger: RouterLogger;
  /** Null where nothing is recorded. */
  readonly recall: Recall<Answer> | null;
}

export type Execute = (variant: Variant, variables: Run['variables'], context: RequestContext) => Promise<Answer>;

export function executing({ logger, recall }: ExecutionOptions): Execute {
  const worked = async (variant: Variant, run: Run): Promise<Answer> => {
    if (variant.steps !== null) await variant.steps(run);
    if (variant.introspect !== null) Object.assign(run.data, await variant.introspect(run.variables));
    return finished(variant, run, logger);
  };
  return async (variant, variables, context) => {
    const begun = (): Run => ({ variables, context, data: {}, errors: toldOf(variant) });
    const remembered = recall?.of(variant, variant.plan.node, variables) ?? null;
    if (remembered === null) return worked(variant, begun());
    const { recording } = remembered;
    if (recording === null) {
      if (!remembered.due()) return worked(variant, begun());
      const recorder = newRecorder();
      const answer = encodedOnce(await worked(variant, { ...begun(), recorder }));
      if (answer.errors.length === toldOf(variant).length) remembered.keep(recorder, answer, 2 * answer.text.length);
      return answer;
    }
    const sent = await changes(variant, begun(), recording);
    if (sent === null) {
      remembered.same();
      return recording.answer;
    }
    remembered.changed(recording);
    return worked(variant, { ...begun(), sent });
  };
}

/** Null where the subgraphs say what they said before; else what was asked of them until one did not. */
async function changes(variant: Variant, run: Run, { exchanges }: Recording<Answer>): Promise<Sent | null> {
  const sent: Sent = new Map();
  try {
    await variant.steps?.({ ...run, replay: { exchanges, sent } });
    return null;
  } catch (error) {
    if (error instanceof AnswersChanged) return sent;
    throw error;
  }
}
