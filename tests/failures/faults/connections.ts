/** Connections to Postgres, Kafka and Redis that break, are slow, or look open and are not. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../support/cluster.ts';
import type { Random } from '../support/random.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import type { Fault } from './fault.ts';

export const cut: Fault = {
  name: 'cut',
  part: 'connections',
  async inject({ cluster, random }) {
    const { where, proxies } = chosen(cluster, random);
    const awayMs = random.whole(0, 3_000);
    for (const proxy of proxies) {
      proxy.refuse(true);
      proxy.cut();
    }
    await delay(awayMs);
    for (const proxy of proxies) proxy.refuse(false);
    return `${where} cut off for ${String(awayMs)} ms`;
  },
};

export const slow: Fault = {
  name: 'slow',
  part: 'connections',
  async inject({ cluster, random }) {
    const { where, proxies } = chosen(cluster, random);
    const [eachMs, forMs] = [random.whole(10, 150), random.whole(2_000, 6_000)];
    for (const proxy of proxies) proxy.delay(eachMs);
    await delay(forMs);
    for (const proxy of proxies) proxy.delay(0);
    return `${where} ${String(eachMs)} ms late each way for ${String(forMs)} ms`;
  },
};

/** Neither end learns that nothing passes any more: who has no time-out of its own waits for ever. */
export const halfOpen: Fault = {
  name: 'half-open',
  part: 'connections',
  inject({ cluster, random }) {
    const { where, proxies } = chosen(cluster, random);
    for (const proxy of proxies) proxy.freeze();
    return Promise.resolve(`connections of ${where} left half open`);
  },
};

function chosen({ proxies }: Cluster, random: Random): { readonly where: string; readonly proxies: readonly TcpProxy[] } {
  const [name = '', one] = [...proxies.postgres][random.whole(0, proxies.postgres.size - 1)] ?? [];
  const broker = random.whole(0, proxies.kafka.length - 1);
  const kafka = proxies.kafka[broker];
  return random.weighed([
    [{ where: `${name} and Postgres`, proxies: one === undefined ? [] : [one] }, 5],
    [{ where: 'everybody and Postgres', proxies: [...proxies.postgres.values()] }, 1],
    [{ where: `everybody and broker ${String(broker + 1)}`, proxies: kafka === undefined ? [] : [kafka] }, 3],
    [{ where: 'everybody and Redis', proxies: [proxies.redis] }, 1],
  ]);
}
