/** The rooms and which doors are open between them; tests/architecture/planted breaks every one of these rules once. */
const room = (name) => `^subgraphs/[^/]+/src/${name}/`;
const tests = ['\\.test\\.ts$', '^subgraphs/[^/]+/test/'];
const assembly = '^subgraphs/[^/]+/src/subgraph\\.ts$';

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'A cycle has no bottom: nothing in it can be read or tested alone.',
      from: {}, to: { circular: true } },
    { name: 'domains-meet-only-in-events', severity: 'error', comment: 'Two domains share facts (schema/events), never code.',
      from: { path: '^subgraphs/([^/]+)/' }, to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' } },
    { name: 'own-tables-only', severity: 'error', comment: 'No domain reads the tables of another.',
      from: { path: '^subgraphs/([^/]+)/' }, to: { path: '^prisma/[^/]+/client/', pathNot: '^prisma/$1/' } },
    { name: 'domain-is-pure', severity: 'error', comment: 'domain/ may import itself, money and errors: no clock, no I/O, no framework. Hashing is arithmetic.',
      from: { path: room('domain'), pathNot: tests }, to: { pathNot: [room('domain'), '^platform/(money|errors)/', '^(node:)?crypto$'] } },
    { name: 'prisma-lives-in-store', severity: 'error', comment: 'Rows become domain types at one place.',
      from: { path: '^subgraphs/', pathNot: [room('store'), assembly, ...tests] }, to: { path: ['^prisma/', '@prisma/'] } },
    { name: 'store-is-injected', severity: 'error', comment: 'Commands, queries and reactions know the store by its type only.',
      from: { path: [room('commands'), room('queries'), room('reactions'), room('graphql')], pathNot: tests },
      to: { path: room('store'), dependencyTypesNot: ['type-only'] } },
    { name: 'rooms-look-down', severity: 'error', comment: 'Nothing imports a room above its own: store knows no command, a command no reaction, nobody the assembly.',
      from: { path: [room('store'), room('commands'), room('queries')], pathNot: tests }, to: { path: [room('reactions'), assembly] } },
    { name: 'store-serves', severity: 'error', comment: 'The store keeps; it neither decides nor asks.',
      from: { path: room('store'), pathNot: tests }, to: { path: [room('commands'), room('queries')] } },
    { name: 'nothing-imports-graphql', severity: 'error', comment: 'graphql/ is the outermost room: only subgraph.ts looks in.',
      from: { path: '^subgraphs/', pathNot: [room('graphql'), assembly, ...tests] }, to: { path: room('graphql') } },
    { name: 'platform-knows-no-domain', severity: 'error', comment: 'What every domain stands on cannot stand on one. Only platform/testing makes databases.',
      from: { path: '^platform/', pathNot: ['^platform/testing/', '^platform/[^/]+/test/', '\\.test\\.ts$'] }, to: { path: '^(subgraphs|router|processes|prisma|schema)/' } },
    { name: 'router-knows-no-domain', severity: 'error', comment: 'The router knows subgraphs by name, out of the supergraph.',
      from: { path: '^router/' }, to: { path: '^(subgraphs|prisma)/' } },
    { name: 'declared-and-exported', severity: 'error', comment: 'Not in dependencies, or not in the exports of the other package.',
      from: {}, to: { couldNotResolve: true } },
    { name: 'only-processes-start-things', severity: 'error', comment: 'Who starts things is nobody\'s library.',
      from: { pathNot: '^(processes|tests|bench|scripts)/' }, to: { path: '^processes/' } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^prisma/[^/]+/client/'] }, // `exclude` would hide the very edges that the rules are about
    exclude: { path: '^tests/architecture/planted/' },
    tsPreCompilationDeps: true, // without it type-only edges vanish
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], mainFields: ['module', 'main', 'types', 'typings'] },
  },
};
