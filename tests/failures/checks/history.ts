/** The whole history, object by object, by what each kind of reading promises. */
import type { History, Kind, Read, Register, Violation, Write } from '../load/recorded.ts';
import { judgeAppended } from './appended.ts';
import { judgeCounter } from './counter.ts';
import { judgeRegister } from './register.ts';

interface Judge {
  readonly by: (object: string, writes: readonly Write[], reads: readonly Read[]) => Violation[];
  readonly of: readonly Kind[];
}

const judges: Readonly<Record<Register, Judge>> = {
  cash: { by: judgeCounter, of: ['deposit'] },
  name: { by: judgeRegister, of: ['rename'] },
  versions: { by: judgeAppended, of: ['capture', 'amend', 'cancel'] },
};

export function judgeHistory({ writes, reads }: History): Violation[] {
  const wrong = writes.filter((write) => write.wrong && write.outcome === 'acknowledged').map(({ kind, key }) => ({ name: 'accepted what is wrong', detail: `${kind} ${key} had to be refused` }));
  const byObject = Map.groupBy(writes, ({ object }) => object);
  const judged = [...Map.groupBy(reads, ({ register, object }) => `${register} ${object}`)].flatMap(([, of]) => {
    const first = of[0];
    if (first === undefined) return [];
    const { by, of: kinds } = judges[first.register];
    return by(first.object, (byObject.get(first.object) ?? []).filter(({ kind }) => kinds.includes(kind)), of);
  });
  return [...wrong, ...judged];
}
