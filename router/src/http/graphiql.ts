/** GraphiQL for people: everything it needs comes from here, none of it from elsewhere. Read from its package at the first visit. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';

export interface GraphiqlOptions {
  readonly title: string;
  /** Whether there is anybody who may see plans: then there is a panel for them. */
  readonly plans?: boolean;
  /** Operations that the first tabs open with; a visitor's own tabs stay. `variables` are JSON. */
  readonly tabs?: readonly { readonly query: string; readonly variables?: string }[];
  /** Paths on this server where a browser's session begins and ends: with them there is a bar that says who is signed in. Needs the API's `viewer`. */
  readonly session?: { readonly signIn: string; readonly signOut: string };
}

const page = ({ title, session, plans = false }: GraphiqlOptions): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/graphiql/app.css">
    ${session === undefined ? '' : '<link rel="stylesheet" href="/graphiql/session-bar.css">'}
    ${plans ? '<link rel="stylesheet" href="/graphiql/plan-panel.css">' : ''}
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    ${session === undefined ? '' : bar(title, session)}
    <div id="root"></div>
    ${plans ? PLAN : ''}
    <script src="/graphiql/boot.js"></script>
    <script src="/graphiql/app.js"></script>
    <script src="/graphiql/start.js"></script>
  </body>
</html>
`;

const bar = (title: string, { signIn, signOut }: NonNullable<GraphiqlOptions['session']>): string => `<header id="session" aria-label="Session" data-sign-in="${signIn}" data-sign-out="${signOut}">
      <strong>${title}</strong>
      <p role="status"></p>
      <a href="${signIn}?return=%2Fgraphiql" hidden>Sign in</a>
      <button type="button" hidden>Sign out</button>
    </header>
    <script src="/graphiql/session-bar.js"></script>`;

const PLAN = `<section id="plan" aria-label="Query plan">
      <div><label><input type="checkbox"> Show the plan</label><p role="status"></p></div>
      <ol></ol>
    </section>
    <script src="/graphiql/plan-panel.js"></script>`;

/** The editor's workers are files of this server: a policy without blob: addresses lets them run. */
const BOOT = `const workers = { editorWorkerService: '/graphiql/editor.worker.js', json: '/graphiql/json.worker.js', graphql: '/graphiql/graphql.worker.js' };
self['MonacoEnvironment'] = { globalAPI: false, getWorkerUrl: (_, label) => workers[label] };
`;

const WELCOME = '# Ask at one address. Ctrl-Space completes, Ctrl-Enter runs.\n# In "Headers": { "authorization": "Bearer …" }\n\nquery {\n  __typename\n}\n';

/** Subscriptions go over server-sent events, which carry the headers of the headers editor; a websocket could not. */
const start = ({ title, tabs }: GraphiqlOptions): string => `self.graphiqlOptions = ${JSON.stringify({
  title, endpoint: '/graphql', subscriptionsProtocol: 'GRAPHQL_SSE', credentials: 'same-origin', shouldPersistHeaders: false,
  ...(tabs === undefined ? { defaultQuery: WELCOME } : { defaultTabs: tabs }),
})};
${own('start.js')}`;

const HTML = 'text/html; charset=utf-8';
const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const CACHE = 'public, max-age=86400';

export function graphiqlRoutes(app: FastifyInstance, options: GraphiqlOptions): void {
  const assets = () => import('@graphql-yoga/render-graphiql/graphiql');
  app.get('/graphiql', (_, reply) => reply.type(HTML).send(page(options)));
  app.get('/graphiql/boot.js', (_, reply) => reply.type(JAVASCRIPT).send(BOOT));
  app.get('/graphiql/start.js', (_, reply) => reply.type(JAVASCRIPT).send(start(options)));
  app.get('/graphiql/app.css', async (_, reply) => reply.type(CSS).header('cache-control', CACHE).send((await assets()).css));
  app.get('/graphiql/app.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).js));
  app.get('/graphiql/editor.worker.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).editorWorkerService));
  app.get('/graphiql/json.worker.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).jsonWorker));
  app.get('/graphiql/graphql.worker.js', async (_, reply) => reply.type(JAVASCRIPT).header('cache-control', CACHE).send((await assets()).graphqlWorker));
  if (options.plans === true) {
    app.get('/graphiql/plan-panel.js', (_, reply) => reply.type(JAVASCRIPT).send(own('plan-panel.js')));
    app.get('/graphiql/plan-panel.css', (_, reply) => reply.type(CSS).send(own('plan-panel.css')));
  }
  if (options.session === undefined) return;
  app.get('/graphiql/session-bar.js', (_, reply) => reply.type(JAVASCRIPT).send(own('session-bar.js')));
  app.get('/graphiql/session-bar.css', (_, reply) => reply.type(CSS).send(own('session-bar.css')));
}

const own = (file: string): string => readFileSync(path.join(import.meta.dirname, 'assets', file), 'utf8');
