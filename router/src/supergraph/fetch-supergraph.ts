/** Fetches a supergraph from an address, only when it is another than last time (ETag), bounded in time and size. */
export interface Fetched {
  readonly sdl: string;
}

export interface FetchOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly bytesMax: number;
}

/** Resolves to `null` when there is nothing new. Rejects for any answer that holds no text. */
export function fetcher({ url, token, timeoutMs, bytesMax }: FetchOptions): () => Promise<Fetched | null> {
  let etag: string | null = null;
  let seen: string | null = null;
  return async () => {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/graphql, text/plain;q=0.9, */*;q=0.1',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(etag === null ? {} : { 'if-none-match': etag }),
      },
    });
    if (response.status === 304 && seen !== null) {
      await response.body?.cancel();
      return null;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`it answered ${response.status}`);
    }
    const sdl = await bounded(response, bytesMax);
    etag = response.headers.get('etag');
    if (sdl === seen) return null;
    seen = sdl;
    return { sdl };
  };
}

async function bounded(response: Response, bytesMax: number): Promise<string> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let bytes = announced > bytesMax ? announced : 0;
  if (bytes === 0 && response.body !== null) {
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) break;
      chunks.push(chunk);
    }
  }
  if (bytes > bytesMax) {
    if (!response.body?.locked) await response.body?.cancel();
    throw new Error(`it answered more than ${bytesMax} bytes`);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
