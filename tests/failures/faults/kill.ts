/** `kill -9` of one process, now and then of several at once: its orchestrator starts it again. */
import type { Fault } from './fault.ts';

const SEVERAL = 0.25;
const SEVERAL_MAX = 4;

export const kill: Fault = {
  name: 'kill',
  part: 'processes',
  inject({ cluster, random }) {
    const names = [...cluster.processes.keys()];
    const count = random.next() < SEVERAL ? random.whole(2, SEVERAL_MAX) : 1;
    const killed: string[] = [];
    for (let at = 0; at < count; at += 1) {
      const [name = ''] = names.splice(random.whole(0, names.length - 1), 1);
      killed.push(cluster.processes.get(name)?.kill() === true ? name : `${name} (was down)`);
    }
    return Promise.resolve(killed.join(', '));
  },
};
