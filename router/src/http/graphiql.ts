/** GraphiQL for people: everything it needs comes from here, none of it from elsewhere. Read from its package at the first visit. */
import type * as Graphiql from '@graphql-yoga/render-graphiql/graphiql';
import type { FastifyInstance } from 'fastify';

const page = (title: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/graphiql/app.css">
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script src="/graphiql/boot.js"></script>
    <script src="/graphiql/app.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>
`;

/** The editor's workers are files of this server: a policy without blob: addresses lets them run. */
const BOOT = `const workers = { editorWorkerService: '/graphiql/editor.worker.js', json: '/graphiql/json.worker.js', graphql: '/graphiql/graphql.worker.js' };
self['MonacoEnvironment'] = { globalAPI: false, getWorkerUrl: (_, label) => workers[label] };
`;

/** Subscriptions go over server-sent events, which carry the headers of the headers editor; a websocket could not. */
const start = (title: string): string => `YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  title: ${JSON.stringify(title)}, endpoint: '/graphql', subscriptionsProtocol: 'GRAPHQL_SSE', credentials: 'same-origin', shouldPersistHeaders: false,
  defaultQuery: '# Ask the whole platform at one address. Ctrl-Space completes.\\n# In "Headers": { "authorization": "Bearer …" }\\n\\nquery {\\n  __typename\\n}\\n',
});
`;

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CACHE = 'public, max-age=86400';

export function graphiqlRoutes(app: FastifyInstance, title: string): void {
  const assets = (): Promise<typeof Graphiql> => import('@graphql-yoga/render-graphiql/graphiql');
  app.get('/graphiql', (_, reply) => reply.type('text/html; charset=utf-8').send(page(title)));
  app.get('/graphiql/boot.js', (_, reply) => reply.type(JAVASCRIPT).send(BOOT));
  app.get('/graphiql/start.js', (_, reply) => reply.type(JAVASCRIPT).send(start(title)));
  app.get('/graphiql/app.css', async (_, reply) => reply.type('text/css; charset=utf-8').header('cache-control', CACHE).send((await assets()).css));
  app.get('/graphiql/app.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).js));
  app.get('/graphiql/editor.worker.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).editorWorkerService));
  app.get('/graphiql/json.worker.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).jsonWorker));
  app.get('/graphiql/graphql.worker.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).graphqlWorker));
}
