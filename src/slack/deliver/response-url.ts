import type { Rendered } from '../render/render.ts';

/** Slack's words on a response_url: five uses within thirty minutes. */
export interface ResponseUrl {
  /** False when it is used up, too old, or Slack did not take it. */
  send(rendered: Rendered, how: { replace: boolean; thread?: string | undefined }): Promise<boolean>;
}

interface Options {
  url: string;
  /** Where it may lead: Slack's own, or the configured API's. */
  origins: readonly string[];
  now?: () => number;
}

const uses = 5;
const lifeMs = 29 * 60_000;

export function createResponseUrl({ url, origins, now = Date.now }: Options): ResponseUrl {
  const began = now();
  let used = 0;
  return {
    async send({ text, blocks }, { replace, thread }) {
      if (used >= uses || now() - began > lifeMs || !isAllowed(url, origins)) return false;
      used += 1;
      try {
        const response = await fetch(url, {
          method: 'POST',
          redirect: 'error',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            text,
            blocks,
            response_type: 'ephemeral',
            replace_original: replace,
            unfurl_links: false,
            unfurl_media: false,
            ...(!replace && thread !== undefined && { thread_ts: thread }),
          }),
          signal: AbortSignal.timeout(8_000),
        });
        await response.arrayBuffer();
        return response.ok;
      } catch {
        return false;
      }
    },
  };
}

function isAllowed(url: string, origins: readonly string[]): boolean {
  return URL.canParse(url) && origins.includes(new URL(url).origin);
}
