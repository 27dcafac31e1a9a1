/** Writes the bare server's script: what our router asks of the subgraphs for each operation, and its answer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Script } from './contestants/bare.ts';
import type { Seen } from './shop/server.ts';
import { ask, type World } from './world.ts';

/** Resolves to the script's file. */
export async function record({ subgraphs, folder }: World, url: string, bodies: readonly string[], token: string | undefined): Promise<string> {
  const seen = async (): Promise<Seen[]> => (await (await fetch(`${subgraphs}/requests`)).json()) as Seen[];
  const operations: Record<string, Script['operations'][string]> = {};
  await seen();
  for (const body of bodies) {
    const { text } = await ask(url, body, token);
    const waves = Map.groupBy(await seen(), ({ wave }) => wave);
    operations[body] = { waves: [...waves.values()].map((wave) => wave.map(({ path, body: asked }) => ({ path, body: asked }))), answer: text };
  }
  await fetch(`${subgraphs}/counts`);
  const file = join(folder, 'script.json');
  writeFileSync(file, JSON.stringify({ subgraphs, operations } satisfies Script));
  return file;
}
