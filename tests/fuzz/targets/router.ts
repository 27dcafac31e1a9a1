/** What clients send to the router, and what subgraphs answer it: operations at their limits, requests, messages, headers, HTTP itself. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError } from '@pms/errors';
import { metrics } from '@pms/telemetry/metrics';
import fc from 'fast-check';

import { makeEngine } from '../../../router/src/engine.ts';
import { negotiate } from '../../../router/src/http/negotiate.ts';
import { paramsFromBody, paramsFromUrl } from '../../../router/src/http/params.ts';
import { routerMetrics } from '../../../router/src/observe.ts';
import { InvalidOperation } from '../../../router/src/operation/validate.ts';
import { networkOf } from '../../../router/src/security/client-key.ts';
import { standardLimits } from '../../../router/src/security/limits.ts';
import { readManifest } from '../../../router/src/security/manifest.ts';
import { parseMessage } from '../../../router/src/subscriptions/messages.ts';
import { spanContextOf, traceHeadersOf } from '../../../router/src/telemetry/trace.ts';
import { Malformed } from '../../../router/src/wire/response-body.ts';
import { responseReader } from '../../../router/src/wire/response-reader.ts';
import { mutatedJson, mutatedText } from '../support/mutated.ts';
import { isPolluted } from '../support/odd.ts';
import { must, outcome, target } from '../support/target.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const nothing = (): never => {
  throw new Error('nothing is fetched while an operation is made ready');
};
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const engine = await makeEngine(readFileSync(path.join(root, 'schema/supergraph.graphql'), 'utf8'), {
  dial: () => ({ execute: nothing, subscribe: nothing }), limits: standardLimits, introspection: true, suggestions: false, policies: {}, authorization: true, logger: quiet, metrics: routerMetrics(metrics),
});

const operations = [
  'query P($first: Int = 2, $f: PortfolioFilter) { portfolios(first: $first, filter: $f) { edges { node { id ...N valuation { marketValue { amount currency } } } } pageInfo { hasNextPage } } } fragment N on Portfolio { name positions { quantity instrument { symbol } } }',
  'mutation M($input: CaptureTradeInput!) { captureTrade(input: $input) { trade { id status } userErrors { code message field } } }',
  'subscription S($id: ID!) { portfolioPnl(portfolioId: $id) { at marketValue { amount } portfolio { name } } }',
  '{ __schema { types { name fields { name type { name ofType { name } } } } } me: __typename @include(if: true) }',
];
const words = ['{', '}', '(', ')', '...', ':', '$', '!', '[', ']', '@', '@include(if: true)', '@skip(if: $x)', '@defer', 'fragment F on Query { ...F }', '...F', '... on Portfolio {', '__typename', '__schema { types { name } }', 'query', 'mutation', 'subscription', '"""', '"', '#', '\\u{110000}', 'null', 'true', '1e400', '99999999999', 'id', 'a: id', 'portfolios', 'edges', 'node', 'first: 1000000', 'first: -1'];
const isRefusal = (error: unknown): boolean => error instanceof InvalidOperation || error instanceof DomainError;

async function prepared(source: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    const operation = engine.prepare(source, undefined);
    const values = engine.variables(operation, variables);
    await engine.variant(operation, null, false, values);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error instanceof InvalidOperation) must(error.errors.length > 0 && error.errors.length <= standardLimits.errorsMax + 1, 'errors are told, and not without end', error.errors.length);
  }
}

const nested = (size: number, open: string, close: string): string => open.repeat(size) + close.repeat(size);

/** As large as the number of tokens lets them be. */
const extremes: readonly string[] = [
  `{ ${nested(3_900, 'a{', '}')} }`, `{ a(b: ${nested(3_900, '[', ']')}) }`, `{ a(b: ${'{c:'.repeat(2_500)}1${'}'.repeat(2_500)}) }`, `query ($a: ${'['.repeat(3_900)}Int${']'.repeat(3_900)}) { a }`,
  `{ ${'...{'.repeat(2_600)}a${'}'.repeat(2_600)} }`, `{ ${'a '.repeat(7_990)} }`, `{ ${'a:b '.repeat(2_600)} }`, `query (${'$a:Int '.repeat(1_900)}) { a }`, `{ a ${'@b '.repeat(3_900)} }`, `{ a(b: "${'x'.repeat(500_000)}") }`, '{'.repeat(7_900), '['.repeat(7_900), '...'.repeat(7_900),
];

const documents = target<readonly [string, unknown]>({
  name: 'documents', says: 'an operation is made ready, or refused with a code of its own',
  inputs: fc.tuple(fc.oneof({ weight: 12, arbitrary: mutatedText(operations, words) }, { weight: 1, arbitrary: fc.constantFrom(...extremes) }), mutatedJson([{ first: 1, f: { nameContains: 'x' } }, { input: { portfolioId: 'prt_1', instrumentId: 'ins_1', side: 'BUY', quantity: '1', price: '1', currency: 'USD', tradeDate: '2026-11-20', idempotencyKey: 'k' } }, { id: 'prt_1' }])),
  holds: ([source, variables]) => prepared(source, typeof variables === 'object' && variables !== null && !Array.isArray(variables) ? variables as Record<string, unknown> : {}),
  growing: {
    'fields': (size) => [`{ ${'__typename '.repeat(size)} }`, {}],
    'fields in pieces': (size) => [`{ portfolios(first: 1) { edges { node { ${'id name '.repeat(size)} } } } }`, {}],
    'nested fields': (size) => [`{ portfolios(first: 1) ${nested(size, '{ edges ', '}')} }`, {}],
    'nested fragments': (size) => [`{ ${nested(size, '... { ', '__typename }').replaceAll('__typename }__typename', '__typename } __typename')} }`, {}],
    'lists in an argument': (size) => [`{ portfolios(first: ${nested(size, '[', ']')}) { edges { cursor } } }`, {}],
    'objects in an argument': (size) => [`{ portfolios(filter: ${'{a:'.repeat(size)}1${'}'.repeat(size)}) { edges { cursor } } }`, {}],
    'types of a variable': (size) => [`query ($a: ${nested(size, '[', ']').replace('[]', '[Int]')}) { __typename }`, {}],
    'variables': (size) => [`query (${Array.from({ length: size }, (_, at) => `$v${at}: Int`).join(' ')}) { __typename }`, {}],
    'fragments that double each other': (size) => [`{ ...F0 } ${Array.from({ length: Math.min(size, 300) }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(' ')}`, {}],
    'fragments that name each other': (size) => [`{ ...F0 } ${Array.from({ length: Math.min(size, 300) }, (_, at) => `fragment F${at} on Query { ...F${(at + 1) % Math.min(size, 300)} }`).join(' ')}`, {}],
    'fragments that nobody uses': (size) => [`{ __typename } ${Array.from({ length: Math.min(size, 900) }, (_, at) => `fragment F${at} on Query { __typename }`).join(' ')}`, {}],
    'operations': (size) => [Array.from({ length: Math.min(size + 300, 1_200) }, (_, at) => `query Q${at} { __typename }`).join(' '), {}],
    'directives': (size) => [`{ __typename ${'@include(if: true) '.repeat(size)} }`, {}],
    'a comment': (size) => [`#${'x'.repeat(size)}\n{ __typename }`, {}],
    'a block of text': (size) => [`{ portfolio(id: """${'  x\n'.repeat(size)}""") { id } }`, {}],
    'nested variables': (size) => ['query ($f: PortfolioFilter) { portfolios(first: 1, filter: $f) { edges { cursor } } }', { f: JSON.parse(nested(size * 50, '[', ']')) as unknown }],
    'items of a variable': (size) => ['query ($f: PortfolioFilter) { portfolios(first: 1, filter: $f) { edges { cursor } } }', { f: { nameContains: Array.from({ length: size }, () => 1) } }],
  },
});

const bodies = target<unknown>({
  name: 'request-bodies', says: 'a body is an operation’s parts of their types, or a mistake of the caller’s',
  inputs: mutatedJson([{ query: '{ a }', operationName: 'A', variables: { a: 1 }, extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } }, { documentId: 'd' }, { query: null, variables: null }]),
  holds(body) {
    const read = outcome(() => paramsFromBody(body), DomainError);
    const url = outcome(() => paramsFromUrl(typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])) : {}), DomainError);
    must(!isPolluted(), 'no object has what a body put into all of them');
    for (const one of [read, url]) {
      if ('refused' in one) must((one.refused as DomainError).code === 'BAD_USER_INPUT', 'it is the caller’s mistake', one.refused.message);
      else must([one.value.query, one.value.operationName, one.value.documentId].every((text) => text === undefined || typeof text === 'string') && [one.value.variables, one.value.extensions].every((of) => of === undefined || (typeof of === 'object' && of !== null && !Array.isArray(of))), 'parts are of their types', one.value);
    }
  },
});

const messages = target<unknown>({
  name: 'websocket-messages', says: 'a message is one of the protocol’s, or it is said why it is none',
  inputs: fc.oneof(mutatedJson([{ type: 'connection_init', payload: { authorization: 'Bearer x' } }, { type: 'subscribe', id: '1', payload: { query: '{ a }', variables: {} } }, { type: 'complete', id: '1' }, { type: 'ping' }]), mutatedText(['{"type":"subscribe","id":"1","payload":{"query":"{ a }"}}'], ['{', '}', '"', ',', ':'])),
  holds(content) {
    const read = parseMessage(typeof content === 'string' ? content : JSON.stringify(content) ?? '');
    must(!isPolluted(), 'no object has what a message put into all of them');
    if (typeof read === 'string') return must(read.startsWith('Invalid message'), 'it says why', read);
    if (read.type === 'subscribe' || read.type === 'complete') must(typeof read.id === 'string' && read.id !== '', 'an operation has an id', read);
  },
});

const headers = target<readonly [string, string, string]>({
  name: 'headers', says: 'no header breaks who reads it; what goes on to subgraphs fits a header again',
  inputs: fc.tuple(
    mutatedText(['application/json', 'text/event-stream, application/json;q=0.9, */*;q=0.1', 'multipart/mixed;deferSpec=20220824;boundary="-"'], [',', ';', 'q=', '=', '"', '*/*', 'q=NaN', 'q=1e9', 'q=-1', 'text/html']),
    mutatedText(['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'ff-00000000000000000000000000000000-0000000000000000-00'], ['-', '00', 'ff', '0', 'g']),
    mutatedText(['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1', 'fe80::1%eth0', '::', '1:2:3:4:5:6:7:8'], [':', '::', '%', '.', 'ffff', '0']),
  ),
  holds([accept, traceparent, address]) {
    const accepted = negotiate(accept);
    must(accepted.single === null || accepted.single.startsWith('application/'), 'an answer has a type', accepted);
    const passed = traceHeadersOf({ traceparent, tracestate: accept, baggage: address });
    spanContextOf(passed);
    must(Object.values(passed).every((value) => /^[\x20-\x7e]+$/.test(value)), 'what is passed on is printable', passed);
    must(networkOf(address) !== '' || address === '', 'a client has a key', address);
  },
  growing: { 'ranges': (size) => ['a/b;q=1,'.repeat(size), '', ''], 'parameters': (size) => [`a/b${';a=b'.repeat(size)}`, '', ''], 'groups of an address': (size) => ['', '', ':1'.repeat(size)] },
});

const BYTES_MAX = 2_000;
const answers = [
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\nkeep-alive: timeout=5\r\n\r\n{"data":{}}', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{"da\r\n7;x=y\r\nta":{}}\r\n0\r\na: b\r\n\r\n',
  'HTTP/1.0 500 Oops\r\nconnection: close\r\n\r\nbroken', 'HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 200 OK\r\nconstructor: x\r\n__proto__: y\r\ncontent-length: 0\r\n\r\n',
];
const answerWords = ['\r\n', '\r\n\r\n', '\n', 'content-length: ', 'transfer-encoding: chunked\r\n', 'content-encoding: gzip\r\n', '0\r\n\r\n', 'ffffffffffff\r\n', ':', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 103 E\r\n\r\n', '-1', '1e3', '__proto__: x\r\n', 'constructor: x\r\n', 'connection: close\r\n'];

/** What a reader makes of the parts: the status and the body, where the response is whole; why not, where it is refused. */
function readInParts(parts: readonly Buffer[]): string {
  const reader = responseReader(BYTES_MAX);
  const read = outcome(() => parts.some((part) => reader.take(part)), Malformed);
  if ('refused' in read) return 'refused';
  must(reader.content.bytes().length <= BYTES_MAX, 'a body is within its bound');
  for (const value of Object.values(reader.head?.headers ?? {})) must(typeof value === 'string' && !value.includes('[native code]') && !value.includes('[object'), 'a header is what was sent', value);
  return read.value ? `${reader.head?.status ?? 0} ${reader.content.text()}` : 'more';
}

const responses = target<readonly [string, readonly number[]]>({
  name: 'subgraph-answers', says: 'an answer is read the same however it is cut, within its bound, or refused as malformed',
  inputs: fc.tuple(mutatedText(answers, answerWords), fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 40 })),
  holds([text, lengths]) {
    const bytes = Buffer.from(text, 'latin1');
    const parts: Buffer[] = [];
    let at = 0;
    for (const length of [...lengths, bytes.length]) {
      parts.push(bytes.subarray(at, at + length));
      at += length;
    }
    const [whole, pieces] = [readInParts([bytes]), readInParts(parts.filter(({ length }) => length > 0))];
    // bytes behind the end of an answer are noticed only where they come with it
    if (whole !== 'refused') must(whole === pieces, 'cuts change nothing', { whole, pieces });
  },
  growing: {
    'headers': (size) => [`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(size)}\r\n`, []], 'chunks': (size) => [`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(Math.min(size, BYTES_MAX))}`, []],
    'interim answers': (size) => ['HTTP/1.1 103 Early\r\n\r\n'.repeat(size * 50), []], 'a head byte by byte': (size) => [`HTTP/1.1 200 OK\r\na: ${'x'.repeat(size)}`, Array.from({ length: size }, () => 1)],
  },
});

const manifests = target<unknown>({
  name: 'manifests', says: 'a manifest is a map of texts, or is refused',
  inputs: mutatedJson([{ format: 'apollo-persisted-query-manifest', version: 1, operations: [{ id: 'a', body: '{ a }', name: 'A', type: 'query' }] }, { a: '{ a }' }]),
  holds(content) {
    const read = outcome(() => readManifest(JSON.stringify(content) ?? ''), Error);
    must(!isPolluted(), 'no object has what a manifest put into all of them');
    if ('value' in read) must([...read.value].every(([id, body]) => id !== '' && typeof body === 'string' && body !== ''), 'operations have names and texts');
  },
});

export const router = [documents, bodies, messages, headers, responses, manifests];
