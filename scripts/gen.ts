/**
 * Writes everything that is generated: resolver types, Prisma clients, the supergraph, the API schema, reference pages, the typed client.
 * `--check` writes nothing that is in git and fails when such a file is out of date; `--only <domain>` leaves out the other domains' types and clients.
 */
import { parseArgs } from 'node:util';
import { prismaFolders } from '@pms/prisma/migrations';
import { clientDocuments } from './gen/client.ts';
import { composition } from './gen/compose.ts';
import { permissions } from './gen/permissions.ts';
import { prismaClient } from './gen/prisma-clients.ts';
import { errorsReference, eventsReference } from './gen/reference.ts';
import { subgraphTypes } from './gen/subgraph-types.ts';
import { type Mode, perform, Refused, type Task } from './gen/task.ts';
import { domains } from './gen/workspace.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false }, only: { type: 'string' } } });
const wanted = (name: string): boolean => values.only === undefined || values.only === name;
const mode: Mode = { check: values.check, stale: [] };
const failures: string[] = [];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function step(task: Task): Promise<void> {
  const start = performance.now();
  try {
    if (await perform(task, mode)) say(`gen: ${task.name} (${Math.round(performance.now() - start)} ms)`);
  } catch (error) {
    const what = error instanceof Refused ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    failures.push(`${task.name}: ${what}`);
  }
}

const all = domains();
if (values.only !== undefined && !all.some(({ name }) => name === values.only)) failures.push(`there is no subgraphs/${values.only}`);
const withSchema = all.flatMap(({ name, sdl }) => (sdl === null ? [] : [{ name, sdl }]));
for (const domain of all.filter(({ name }) => wanted(name))) {
  if (domain.sdl === null) say(`gen: ${domain.name} has no schema.graphql yet, left out`);
  else await step(subgraphTypes(domain, domain.sdl));
}
const folders = prismaFolders();
for (const { name } of all.filter((domain) => wanted(domain.name) && !folders.includes(domain.name))) say(`gen: prisma/${name} has no schema.prisma yet, left out`);
for (const name of folders.filter(wanted)) await step(prismaClient(name));
if (withSchema.length > 0) await step(composition(withSchema));
if (withSchema.length > 0) await step(permissions(withSchema));
await step(errorsReference());
await step(eventsReference());
const client = clientDocuments();
if (client !== null) await step(client);

for (const file of mode.stale) say(`out of date: ${file} (run \`node scripts/gen.ts\` and commit)`);
for (const failure of failures) say(`\nFAILED ${failure}`);
process.exitCode = mode.stale.length + failures.length > 0 ? 1 : 0;
