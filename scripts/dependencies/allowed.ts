/** Which licences dependencies may have, and those beside the list, each with the reason. */
export const licences: ReadonlySet<string> = new Set(['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0', 'PSF-2.0', 'Python-2.0']);

const ELASTIC = { licence: 'Elastic-2.0', why: 'composition, planning of last resort, and the stock gateway as a peer in benchmarks: used, not offered as a service of their own' } as const;

export const exceptions: ReadonlyMap<string, { readonly licence: string | null; readonly why: string }> = new Map([
  ...['@apollo/composition', '@apollo/federation-internals', '@apollo/gateway', '@apollo/query-graphs', '@apollo/query-planner'].map((name) => [name, ELASTIC] as const),
  ['lightningcss', { licence: 'MPL-2.0', why: 'used by the test runner’s bundler, unchanged, and in nothing that is shipped' }],
  ['lightningcss-linux-x64-gnu', { licence: 'MPL-2.0', why: 'as lightningcss' }],
  ['date-holidays', { licence: '(ISC AND CC-BY-3.0)', why: 'its data of public holidays asks to be attributed, which the README does' }],
  ['dejavu-fonts-ttf', { licence: 'SEE LICENSE IN README.md AND LICENSE', why: 'the Bitstream Vera licence: free to use and embed' }],
  ['elkjs', { licence: 'EPL-2.0', why: 'of Prisma’s development tools, unchanged, and in nothing that is shipped' }],
  ['png-js', { licence: null, why: 'MIT by the file LICENSE that it brings; its package.json names none' }],
  ['seq-queue', { licence: null, why: 'MIT by the file LICENSE that it brings; its package.json names none' }],
]);

/** Whose scripts may run while they are installed: nobody’s. */
export const mayBuild: ReadonlySet<string> = new Set();
