/** A broker that is reached through a connection on which nothing passes any more. */
import { kafkaClient, type KafkaSettings, topicOf } from '@pms/events/kafka/connection';
import { textOf } from '@pms/events/kafka/cloud-event';
import { domainNames } from '@pms/processes/catalogue';
import { changesFor } from '@pms/processes/changes-heard';
import { environment } from '@pms/processes/environment';
import type { Invalidation } from '@pms/router/cache/tags';
import { silent } from '@pms/telemetry/logger';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Brokers, noKafka, startBrokers } from '../../infra/dev/kafka/brokers.ts';
import { type TcpProxy, tcpProxy } from './support/tcp-proxy.ts';

const without = await noKafka();
const LONG_MS = 120_000;
/** Shorter than a request to a broker may take, after which the connection is given up in any case. */
const NOTICED_MS = 25_000;

describe.skipIf(without !== null)('half open', { timeout: LONG_MS }, () => {
  let proxy: TcpProxy;
  let brokers: Brokers;
  let settings: KafkaSettings;
  beforeAll(async () => {
    proxy = await tcpProxy(0);
    brokers = await startBrokers({ advertised: [proxy.port] });
    proxy.target(Number(brokers.addresses[0]?.split(':')[1]));
    settings = { brokers: [`127.0.0.1:${String(proxy.port)}`], prefix: 'heard.', tls: null, login: null };
  }, LONG_MS);
  afterAll(() => brokers.stop());

  test('a connection to a broker on which a request is not answered is replaced by another', async () => {
    const admin = kafkaClient(settings, 'half-open', silent, { requestMsMax: 2_000 }).admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    await admin.createTopics({ topics: domainNames.map((domain) => ({ topic: topicOf(settings.prefix, domain), numPartitions: 1 })), waitForLeaders: true });
    proxy.freeze();
    await vi.waitFor(async () => expect(await admin.fetchTopicOffsets(topicOf(settings.prefix, 'portfolio'))).toHaveLength(1), { timeout: 60_000, interval: 100 });
  });

  test('a router without Redis takes everything out before it says that it hears, then what events name, and soon notices that it hears nothing', async () => {
    const taken: (readonly Invalidation[])[] = [];
    const changes = changesFor({ ...environment({}), subgraphUrls: new Map([['auth', 'http://127.0.0.1:9']]), kafka: settings }, { seconds: 5, logger: silent });
    expect(changes?.hears()).toBe(false);
    changes?.follow({ invalidate: async (...named) => taken.push(named) });
    await vi.waitFor(() => expect(changes?.hears()).toBe(true), { timeout: LONG_MS, interval: 20 });
    expect(taken).toEqual([[{ everything: true }]]);
    const producer = kafkaClient(settings, 'teller', silent).producer();
    await producer.connect();
    const event = { id: 'evt_1', type: 'portfolio.portfolio-updated.v1', key: 'prt_1', organizationId: 'org_1', actor: 'usr_1', correlationId: 'c', causationId: null, occurredAt: new Date().toISOString(), data: { portfolioId: 'prt_1' } };
    await producer.send({ topic: topicOf(settings.prefix, 'portfolio'), messages: [{ key: event.key, value: textOf('portfolio', { event, sequence: '1' }) }] });
    await producer.disconnect();
    await vi.waitFor(() => expect(taken[1]).toEqual([{ typename: 'Portfolio', id: 'prt_1' }]), { timeout: LONG_MS, interval: 20 });
    proxy.freeze();
    await vi.waitFor(() => expect(changes?.hears()).toBe(false), { timeout: NOTICED_MS, interval: 100 });
    await proxy.close(); // or the good-bye is waited for as long as any request
    await changes?.close();
  });
});
