/** Looks at every dependency: its hash, where it comes from, scripts of its installation, its licence. Needs no network; ends with 1 and a sentence for each fault. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { exceptions, licences, mayBuild } from './dependencies/allowed.ts';
import { buildsIn, installedIn, lockedIn } from './dependencies/collect.ts';
import { building, unlicensed, unpinned } from './dependencies/rules.ts';

const PACKAGES_MIN = 500; // a look that sees nothing also finds nothing
const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const locked = lockedIn(read('pnpm-lock.yaml'));
const installed = installedIn(root);
const allowed = { licences, exceptions, builds: buildsIn(read('pnpm-workspace.yaml')), mayBuild };
const names = new Set(installed.map(({ id }) => id));
const elsewhere = locked.filter(({ id }) => !names.has(id)).length;
const faults = [
  ...unpinned(locked),
  ...building(installed, allowed),
  ...unlicensed(installed, allowed),
  ...(installed.length < PACKAGES_MIN ? [`only ${installed.length} packages were seen`] : []),
];
for (const fault of faults) console.error(fault);
// What is made for another system is not installed here: of that, nothing is looked at but its hash.
console.log(`${locked.length} packages are locked, ${installed.length} of them installed and looked at, ${elsewhere} for other systems: ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
