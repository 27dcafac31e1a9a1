/** A collector of spans for tests: an HTTP server that takes OTLP as JSON, as a real one does, and keeps what it was sent. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentSpanId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
  readonly failed: boolean;
}

export interface Collector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: CollectedSpan[];
  /** Everything that was sent, as text. */
  readonly texts: string[];
  /** From the first span of its trace to this one, by name. */
  wayTo(span: CollectedSpan): CollectedSpan[];
  close(): Promise<void>;
}

interface Value { readonly stringValue?: string; readonly intValue?: number; readonly doubleValue?: number; readonly boolValue?: boolean }
interface Attribute { readonly key: string; readonly value: Value }
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string; readonly name: string; readonly kind: number;
        readonly attributes: readonly Attribute[]; readonly links?: readonly { readonly spanId: string }[]; readonly status?: { readonly code?: number };
      }[];
    }[];
  }[];
}

const ERROR = 2;
const read = (attributes: readonly Attribute[]): Record<string, unknown> => Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const spansOf = ({ resourceSpans }: Sent): CollectedSpan[] => resourceSpans.flatMap(({ resource, scopeSpans }) => {
  const service = String(read(resource.attributes)['service.name']);
  return scopeSpans.flatMap(({ spans }) => spans.map(({ attributes, links = [], status, parentSpanId = '', ...span }) => ({
    traceId: span.traceId, spanId: span.spanId, parentSpanId, name: span.name, kind: span.kind, service, attributes: read(attributes), links: links.map(({ spanId }) => spanId), failed: status?.code === ERROR,
  })));
});

export async function otlpCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const texts: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const expected = request.url === '/v1/traces' && request.headers['content-type'] === 'application/json';
      if (expected) {
        texts.push(text);
        spans.push(...spansOf(JSON.parse(text) as Sent));
      }
      response.writeHead(expected ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, texts,
    wayTo(span) {
      const way = [span];
      for (let at = span; at.parentSpanId !== '';) {
        const parent = spans.find(({ spanId }) => spanId === at.parentSpanId);
        if (parent === undefined) break;
        way.unshift(at = parent);
      }
      return way;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
