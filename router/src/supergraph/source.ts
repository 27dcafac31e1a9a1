/** Where the supergraph comes from: a text, a file, an address; and when there is a new one. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { SupergraphSettings } from './settings.ts';
import { watchFile } from './watch-file.ts';
import { type Fetched, fetcher } from './fetch-supergraph.ts';

const FILE_EVERY_MS = 500;
const ADDRESS_EVERY_MS = 10_000;
const BACKOFF_MS_MAX = 60_000;
const START_EVERY_MS = 500;

export type SupergraphSource =
  | { readonly kind: 'text'; readonly sdl: string }
  | { readonly kind: 'file'; readonly path: string; readonly watch: boolean; readonly lookEveryMs?: number }
  | { readonly kind: 'address'; readonly url: string; readonly token?: string };

export const supergraphText = (sdl: string): SupergraphSource => ({ kind: 'text', sdl });
export const supergraphFile = (path: string, watch = true): SupergraphSource => ({ kind: 'file', path, watch });
/** `token` is sent as a bearer token. */
export const supergraphAt = (url: string, token?: string): SupergraphSource => ({ kind: 'address', url, ...(token === undefined ? {} : { token }) });

export interface Watched {
  /** A new content, whole or not: whoever takes it over decides whether it is a supergraph, and keeps the last good one if it is not. */
  readonly changed: (sdl: string) => Promise<void>;
  /** It cannot be looked at; told once until it can be again. */
  readonly unreachable: (reason: string) => void;
}

/** The first content, and how to hear of the next. */
export interface OpenSource {
  readonly sdl: string;
  watch(heard: Watched): () => void;
}

/** Rejects when there is no such file, and when an address has not answered within its time. */
export async function openSource(source: SupergraphSource, settings: SupergraphSettings): Promise<OpenSource> {
  if (source.kind === 'text') return { sdl: source.sdl, watch: () => () => {} };
  if (source.kind === 'address') return openAddress(source, settings);
  const sdl = await readFile(source.path, 'utf8');
  const everyMs = source.lookEveryMs ?? settings.lookEveryMs ?? FILE_EVERY_MS;
  return { sdl, watch: ({ changed }) => (source.watch ? watchFile(source.path, { everyMs, seen: sdl, changed }) : () => {}) };
}

async function openAddress({ url, token }: Extract<SupergraphSource, { kind: 'address' }>, settings: SupergraphSettings): Promise<OpenSource> {
  const look = fetcher({ url, token, timeoutMs: settings.timeoutMs, bytesMax: settings.bytesMax });
  const { sdl } = await firstOf(look, url, settings.startMsMax);
  return { sdl, watch: (heard) => watchAddress(look, settings.lookEveryMs ?? ADDRESS_EVERY_MS, heard) };
}

type Look = () => Promise<Fetched | null>;

async function firstOf(look: Look, url: string, msMax: number): Promise<Fetched> {
  const until = performance.now() + msMax;
  for (;;) {
    try {
      const found = await look();
      if (found !== null) return found;
    } catch (error) {
      if (performance.now() + START_EVERY_MS > until) throw new Error(`no supergraph at ${withoutSecrets(url)} after ${msMax} ms: ${reasonOf(error)}`, { cause: error });
    }
    await delay(START_EVERY_MS);
  }
}

function watchAddress(look: Look, everyMs: number, { changed, unreachable }: Watched): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let failures = 0;
  const once = async (): Promise<void> => {
    try {
      const found = await look();
      failures = 0;
      if (found !== null && !stopped) await changed(found.sdl);
    } catch (error) {
      failures += 1;
      if (failures === 1 && !stopped) unreachable(reasonOf(error));
    }
    if (!stopped) schedule();
  };
  const schedule = (): void => {
    const wait = Math.min(everyMs * 2 ** failures, Math.max(BACKOFF_MS_MAX, everyMs));
    timer = setTimeout(() => void once(), wait * (0.9 + Math.random() * 0.2)); // many routers do not ask at once
    timer.unref();
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
