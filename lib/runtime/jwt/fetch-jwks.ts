import type { FetchImplementation } from 'jose';

/** What keeps a JWKS server from doing harm. */
export interface FetchLimits {
  /** The largest answer, in bytes. */
  readonly maxBytes: number;
  /** After a failed fetch none is tried for this long, in milliseconds; a first failure counts for a second, each further one for twice as long. */
  readonly cooldown: number;
  /** Told of each answer that was whole. @throws when it is no JWKS */
  readonly onKeys: (jwks: unknown) => void;
}

/** Fetches a JWKS for jose: a bounded answer, no redirects, and a pause after each failure. */
export function boundedFetch({ maxBytes, cooldown, onKeys }: FetchLimits): FetchImplementation {
  let failures = 0;
  let pausedUntil = -Infinity;
  let reason = '';
  return async (url, options) => {
    if (performance.now() < pausedUntil) throw new Error(reason);
    try {
      const response = await fetch(url, options);
      const text = await textOf(response, maxBytes);
      onKeys(parsed(text));
      failures = 0;
      return new Response(text);
    } catch (error) {
      reason = reasonOf(error);
      pausedUntil = performance.now() + Math.min(1000 * 2 ** failures, cooldown);
      failures += 1;
      throw new Error(reason, { cause: error });
    }
  };
}

async function textOf(response: Response, maxBytes: number): Promise<string> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(response.status >= 300 && response.status < 400 ? `it answered ${response.status}, and redirects are not followed` : `it answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    // Leaving the loop cancels the rest of the answer.
    if (size > maxBytes) throw new Error(`it answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('its answer is not JSON');
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it did not answer in time';
  const code = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : '';
  return error.message === 'fetch failed' ? `it cannot be reached${code}` : error.message;
}
