/** What is found of dependencies that are planted, and what a bill of materials holds. */
import { expect, test } from 'vitest';
import { buildsIn, lockedIn } from '../../scripts/dependencies/collect.ts';
import { type Allowed, building, type Installed, unlicensed, unpinned } from '../../scripts/dependencies/rules.ts';
import { faultsOf, inOneOrder } from '../../scripts/sbom/document.ts';
import { dependenciesIn } from '../../scripts/sbom/graph.ts';

const hash = `sha512-${'A'.repeat(86)}==`;
const lockfile = `packages:
  good@1.0.0: { resolution: { integrity: ${hash} } }
  weak@1.0.0: { resolution: { integrity: sha1-abc } }
  bare@1.0.0: { resolution: {} }
  own@1.0.0: { resolution: { integrity: ${hash}, tarball: 'https://files.example/own.tgz' } }
  cloned@1.0.0: { resolution: { type: git, repo: 'https://git.example/x', commit: abc } }
`;

test('a dependency without the hash of its content, or from elsewhere than the registry, is named', () => {
  expect(unpinned(lockedIn(lockfile))).toEqual([
    'weak@1.0.0 is not pinned by a SHA-512 of its content', 'bare@1.0.0 is not pinned by a SHA-512 of its content', 'own@1.0.0 comes from elsewhere than the registry (tarball)',
    'cloned@1.0.0 is not pinned by a SHA-512 of its content', 'cloned@1.0.0 comes from elsewhere than the registry (type, repo, commit)']);
});

const allowed = (over: Partial<Allowed> = {}): Allowed => ({ licences: new Set(['MIT', 'ISC']), exceptions: new Map(), builds: new Map(), mayBuild: new Set(), ...over });
const installed = (name: string, over: Partial<Installed> = {}): Installed => ({ id: `${name}@1.0.0`, name, licence: 'MIT', scripts: [], ...over });

test('a script that would run while a package is installed has to be decided about, and may not run', () => {
  const builds = buildsIn('allowBuilds:\n  known: false\n  eager: true\n');
  expect(building([installed('quiet'), installed('known', { scripts: ['install'] }), installed('new', { scripts: ['postinstall'] })], allowed({ builds }))).toEqual([
    'new@1.0.0 has a script that runs while it is installed (postinstall), and nobody decided about it', 'eager may run scripts while it is installed, and is not on the list of those that may']);
});

test('a licence that is not on the list is named, unless there is an exception for it that still holds', () => {
  const exceptions = new Map([['elastic', { licence: 'Elastic-2.0', why: 'known' }], ['changed', { licence: 'Elastic-2.0', why: 'known' }], ['gone', { licence: null, why: 'known' }]]);
  const packages = [
    installed('either', { licence: '(GPL-3.0 OR MIT)' }), installed('both', { licence: '(MIT AND ISC)' }), installed('half', { licence: 'MIT AND GPL-3.0' }), installed('none', { licence: null }),
    installed('elastic', { licence: 'Elastic-2.0' }), installed('changed', { licence: 'SSPL-1.0' })];
  expect(unlicensed(packages, allowed({ exceptions }))).toEqual([
    'half@1.0.0 is under MIT AND GPL-3.0, which is not on the list', 'none@1.0.0 is under no licence that it names, which is not on the list',
    'changed@1.0.0 is under SSPL-1.0, and the exception for it is about Elastic-2.0', 'the exception for gone is of no package that is installed']);
});

const graph = dependenciesIn(`importers:
  .: { dependencies: { a: { version: 1.0.0(b@2.0.0) }, '@x/room': { version: link:rooms/one } }, devDependencies: { alias: { version: 'b@2.0.0' } } }
  rooms/one: { dependencies: { b: { version: 2.0.0 }, '@x/other': { version: link:../two } } }
  rooms/two: {}
snapshots:
  a@1.0.0(b@2.0.0): { dependencies: { b: 2.0.0 }, optionalDependencies: { '@s/c': 3.0.0 } }
  a@1.0.0(b@2.1.0): { dependencies: { b: 2.1.0 } }
  b@2.0.0: {}
`, (folder) => ({ name: folder === '.' ? 'root' : `@x/${folder}`, version: '0.0.0' }));

test('who depends on whom is what the lockfile says, of packages and of rooms', () => {
  expect(Object.fromEntries(graph)).toEqual({
    'pkg:npm/a@1.0.0': ['pkg:npm/%40s/c@3.0.0', 'pkg:npm/b@2.0.0', 'pkg:npm/b@2.1.0'], 'pkg:npm/b@2.0.0': [],
    'pkg:npm/root@0.0.0': ['pkg:npm/%40x/rooms/one@0.0.0', 'pkg:npm/a@1.0.0', 'pkg:npm/b@2.0.0'], 'pkg:npm/%40x/rooms/one@0.0.0': ['pkg:npm/%40x/rooms/two@0.0.0', 'pkg:npm/b@2.0.0'], 'pkg:npm/%40x/rooms/two@0.0.0': [],
  });
});

const component = (name: string) => ({ type: 'library', name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0`, 'bom-ref': `pkg:npm/${name}@1.0.0` });
const bill = (names: readonly string[], timestamp: string): string => JSON.stringify({
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:00000000-0000-4000-8000-${timestamp.replaceAll(/\D/g, '').slice(0, 12)}`, version: 1,
  metadata: { timestamp }, components: names.map(component), dependencies: names.map((name) => ({ ref: `pkg:npm/${name}@1.0.0`, dependsOn: [] })),
});

test('a bill of materials is the same whenever it is made, another one for other components, and valid', async () => {
  const made = inOneOrder(bill(['b', 'a'], '2026-11-20T00:00:00Z'), graph);
  expect(inOneOrder(bill(['a', 'b'], '2026-11-21T00:00:00Z'), graph)).toBe(made);
  expect(JSON.parse(inOneOrder(bill(['a'], '2026-11-20T00:00:00Z'), graph)).serialNumber).not.toBe(JSON.parse(made).serialNumber);
  expect(await faultsOf(made)).toEqual([]);
  expect(await faultsOf(made.replace('"library"', '"something"'))).not.toEqual([]);
});
