/** Takes traces over OTLP/HTTP and counts the messages: what a router that traces sends them to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Collector {
  readonly url: string;
  messages(): number;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  let messages = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (request.url === '/v1/traces') messages += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    messages: () => messages,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
