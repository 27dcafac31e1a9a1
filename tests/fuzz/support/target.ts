/** What is fuzzed: valid samples and their mutations as inputs, and what must hold of every one of them. */
import type fc from 'fast-check';

export interface Target {
  readonly name: string;
  /** What holds, as a sentence. */
  readonly says: string;
  readonly inputs: fc.Arbitrary<unknown>;
  /** Throws for a defect; a refusal that the parser documents is none. */
  holds(input: unknown): void | Promise<void>;
  /** Inputs of a given size, of the shapes that parsers are slow at: what is done for four times as much must be four times as much. */
  readonly growing: Readonly<Record<string, (size: number) => unknown>>;
}

export interface TargetOf<Input> {
  readonly name: string;
  readonly says: string;
  readonly inputs: fc.Arbitrary<Input>;
  holds(input: Input): void | Promise<void>;
  readonly growing?: Readonly<Record<string, (size: number) => Input>>;
}

export const target = <Input>({ name, says, inputs, holds, growing = {} }: TargetOf<Input>): Target => ({ name, says, inputs, growing, holds: (input) => holds(input as Input) });

/** What `work` gives, or the error of the one class that it may throw. */
export function outcome<Value>(work: () => Value, refusal: abstract new (...of: never[]) => Error): { readonly value: Value } | { readonly refused: Error } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof refusal) return { refused: error };
    throw error;
  }
}

/** Throws with a sentence: what was expected, and what there was. */
export function must(holds: boolean, sentence: string, found?: unknown): asserts holds {
  if (!holds) throw new Error(found === undefined ? sentence : `${sentence}: ${JSON.stringify(found)?.slice(0, 500)}`);
}
