import { Spans } from './inline-text.tsx';
import type { Inline } from './mrkdwn.ts';

/** The `markdown` block: the common part of Markdown, by lines. Everything else stays as it was written. */

const spans =
  /\*\*(?<bold>[^*\n]+)\*\*|~~(?<strike>[^~\n]+)~~|`(?<code>[^`\n]+)`|\[(?<label>[^\]\n]+)\]\((?<url>https?:\/\/[^\s)]+)\)|(?<![\w*])[*_](?<italic>[^*_\s][^*_\n]*)[*_](?!\w)/g;

function readSpans(text: string): Inline[] {
  const out: Inline[] = [];
  const pushText = (part: string) => part && out.push({ kind: 'text', text: part });
  let done = 0;
  for (const match of text.matchAll(spans)) {
    const { bold, strike, code, label, url, italic } = match.groups ?? {};
    pushText(text.slice(done, match.index));
    done = match.index + match[0].length;
    if (bold) out.push({ kind: 'bold', children: readSpans(bold) });
    else if (strike) out.push({ kind: 'strike', children: readSpans(strike) });
    else if (italic) out.push({ kind: 'italic', children: readSpans(italic) });
    else if (code) out.push({ kind: 'code', text: code });
    else if (label && url) out.push({ kind: 'link', url, label });
  }
  pushText(text.slice(done));
  return out;
}

function Line({ line }: { line: string }) {
  const [, hashes, heading] = /^(#{1,6})\s+(.*)$/.exec(line) ?? [];
  if (hashes && heading !== undefined)
    return (
      <p class="markdown-heading">
        <Spans nodes={readSpans(heading)} />
      </p>
    );
  const [, quoted] = /^>\s?(.*)$/.exec(line) ?? [];
  if (quoted !== undefined)
    return (
      <blockquote>
        <Spans nodes={readSpans(quoted)} />
      </blockquote>
    );
  const [, lead, item] = /^\s*([-*+]|\d+\.)\s+(.*)$/.exec(line) ?? [];
  if (lead && item !== undefined)
    return (
      <div class="markdown-item">
        <span>{/\d/.test(lead) ? lead : '•'}</span>
        <span>
          <Spans nodes={readSpans(item)} />
        </span>
      </div>
    );
  return (
    <div class="line">
      <Spans nodes={readSpans(line)} />
    </div>
  );
}

export function Markdown({ text }: { text: string }) {
  // Outside and inside of fences, in turn.
  const parts = `\n${text}`.split(/\n```[^\n]*(?:\n|$)/);
  return (
    <>
      {parts.map((part, index) => {
        if (index % 2 === 1) return <pre key={index}>{part}</pre>;
        return part
          .split('\n')
          .map((line, row) => (line ? <Line key={`${index}.${row}`} line={line} /> : null));
      })}
    </>
  );
}
