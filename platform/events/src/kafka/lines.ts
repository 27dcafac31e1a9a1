/**
 * Connections to brokers, dropped when a request on them was not answered. The client gives such a request up and goes on to use the connection: where it
 * only looks open, every later request waits in vain as well, and what that broker leads is not consumed until the operating system notices, after minutes.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { Admin, Consumer, ISocketFactory, Kafka, Producer } from 'kafkajs';

const KEEP_ALIVE_MS = 60_000;

export interface Lines {
  readonly socketFactory: ISocketFactory;
  /** Ends all connections to a broker, `host:port`; who uses them connects again. */
  drop(broker: string): void;
}

export function brokerLines(): Lines {
  const open = new Map<string, Set<net.Socket>>();
  return {
    socketFactory({ host, port, ssl, onConnect }) {
      // as the client does it by itself; without TLS `ssl` is false
      const socket = ssl ? tls.connect({ host, port, ...(net.isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect) : net.connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      const broker = `${host}:${port}`;
      const lines = open.get(broker) ?? new Set();
      open.set(broker, lines.add(socket));
      socket.once('close', () => lines.delete(socket));
      return socket;
    },
    drop(broker) {
      for (const socket of open.get(broker) ?? []) socket.destroy(new Error('a request was not answered'));
    },
  };
}

/** What the client makes tells of requests that were not answered. */
export function dropping(kafka: Kafka, { drop }: Lines): Pick<Kafka, 'admin' | 'consumer' | 'producer'> {
  return {
    admin: (config): Admin => {
      const admin = kafka.admin(config);
      admin.on(admin.events.REQUEST_TIMEOUT, ({ payload }) => drop(payload.broker));
      return admin;
    },
    consumer: (config): Consumer => {
      const consumer = kafka.consumer(config);
      consumer.on(consumer.events.REQUEST_TIMEOUT, ({ payload }) => drop(payload.broker));
      return consumer;
    },
    producer: (config): Producer => {
      const producer = kafka.producer(config);
      producer.on(producer.events.REQUEST_TIMEOUT, ({ payload }) => drop(payload.broker));
      return producer;
    },
  };
}
