/** Generates prisma/<folder>/client from its schema.prisma, all in one process, with no command line and no engine download. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Task } from './task.ts';
import { filesBelow, root } from './workspace.ts';

interface Generator {
  generate(): Promise<unknown>;
  stop(): void;
}
interface Internals {
  loadSchemaContext(options: Record<string, unknown>): Promise<unknown>;
  getGenerators(options: Record<string, unknown>): Promise<Generator[]>;
}

/** Internal packages without useful types, and CommonJS only; pinned exactly in the catalog for that reason. */
const requireFromPrisma = createRequire(join(root, 'prisma/package.json'));

async function generate(folder: string): Promise<void> {
  const { getGenerators, loadSchemaContext } = requireFromPrisma('@prisma/internals') as Internals;
  const { PrismaClientTsGenerator } = requireFromPrisma('@prisma/client-generator-ts') as { PrismaClientTsGenerator: new () => unknown };
  const { version } = requireFromPrisma('@prisma/client/package.json') as { version: string };
  const schemaContext = await loadSchemaContext({
    schemaPath: { cliProvidedPath: join(folder, 'schema.prisma') },
    cwd: folder,
    printLoadMessage: false,
  });
  const generators = await getGenerators({
    schemaContext,
    registry: { 'prisma-client': { type: 'in-process', generator: new PrismaClientTsGenerator() } },
    version,
    skipDownload: true,
    cliCommand: 'prisma',
  });
  for (const generator of generators) {
    await generator.generate();
    generator.stop();
  }
}

export function prismaClient(name: string): Task {
  const folder = join(root, 'prisma', name);
  return {
    name: `prisma client of ${name}`,
    inputs: [readFileSync(join(folder, 'schema.prisma'), 'utf8')],
    committed: false,
    async run() {
      await generate(folder);
      return filesBelow(join(folder, 'client'), '.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    },
  };
}
