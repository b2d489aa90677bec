import type { Call } from '../platform/call.ts';
import type { HttpHealth } from '../platform/network.ts';

const patienceMs = 5_000;
const longestBody = 10_000;

/** GET, as a client of the service would; no answer is a finding, not an error. */
export async function checkHealth(url: string, call: Call): Promise<HttpHealth> {
  const began = performance.now();
  const latencyMs = () => Math.round(performance.now() - began);
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(patienceMs)]),
    });
    const body = await readStart(response);
    const location = response.headers.get('location');
    return {
      status: response.status,
      latencyMs: latencyMs(),
      body,
      error: undefined,
      ...(location !== null && { location }),
    };
  } catch (error) {
    return { status: undefined, latencyMs: latencyMs(), body: '', error: reason(error) };
  }
}

/** What stands behind an open port may send without end. */
async function readStart({ body }: Response): Promise<string> {
  if (!body) return '';
  let text = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length >= longestBody) break;
  }
  return text.slice(0, longestBody);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timed out';
  // fetch says `fetch failed` and hides the reason behind it.
  const cause = error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;
  if (cause === 'ECONNREFUSED') return 'refused';
  if (cause === 'ENOTFOUND' || cause === 'EAI_AGAIN') return 'its name is not in DNS';
  return 'the connection broke off';
}
