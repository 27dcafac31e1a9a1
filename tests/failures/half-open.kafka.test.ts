/** A broker that is reached through a connection on which nothing passes any more. */
import { kafkaClient } from '@pms/events/kafka/connection';
import { silent } from '@pms/telemetry/logger';
import { expect, onTestFinished, test, vi } from 'vitest';
import { noKafka, startBrokers } from '../../infra/dev/kafka/brokers.ts';
import { tcpProxy } from './support/tcp-proxy.ts';

const without = await noKafka();

test('a connection to a broker on which a request is not answered is replaced by another', { timeout: 120_000 }, async (context) => {
  if (without !== null) context.skip(without);
  const proxy = await tcpProxy(0);
  onTestFinished(() => proxy.close());
  const brokers = await startBrokers({ advertised: [proxy.port] });
  onTestFinished(() => brokers.stop());
  proxy.target(Number(brokers.addresses[0]?.split(':')[1]));
  const client = kafkaClient({ brokers: [`127.0.0.1:${String(proxy.port)}`], prefix: '', tls: null, login: null }, 'half-open', silent, { requestMsMax: 2_000 });
  const admin = client.admin();
  await admin.connect();
  onTestFinished(() => admin.disconnect());
  await admin.createTopics({ topics: [{ topic: 'half-open', numPartitions: 1 }], waitForLeaders: true });
  proxy.freeze();
  await vi.waitFor(async () => expect(await admin.fetchTopicOffsets('half-open')).toHaveLength(1), { timeout: 60_000, interval: 100 });
});
