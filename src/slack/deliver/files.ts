import type { Answer } from '../../core/reply/answer.ts';
import type { File, Part, Picture } from '../../core/reply/parts.ts';
import { text } from '../../core/reply/parts.ts';
import { failureOf, persist, slackError, type Web } from '../web.ts';

/** Files and pictures can't be ephemeral: they go to the caller's direct message with the bot. */
export interface FileSender {
  /** Sends an answer's files, and answers it with words in their place. Never throws: what can't be sent is cut into the answer. */
  send(answer: Answer, user: string): Promise<Answer>;
}

interface Options {
  web: Pick<Web, 'conversations' | 'filesUploadV2'>;
  log: { warn(fields: object, message: string): void };
  /** ms before a call whose answer was lost is made again. */
  againMs?: number | undefined;
}

type Sendable = File | Extract<Picture, { png: Uint8Array }>;

const isSendable = (part: Part): part is Sendable =>
  part.kind === 'file' || (part.kind === 'image' && 'png' in part);

export function createFileSender({ web, log, againMs }: Options): FileSender {
  async function upload(parts: readonly Sendable[], user: string): Promise<void> {
    const opened = await persist(() => web.conversations.open({ users: user }), { againMs });
    const channel = opened.channel?.id;
    if (channel === undefined) throw new Error('Slack opened no direct message');
    const [first, ...others] = parts.map((part) => ({
      file: Buffer.from(part.kind === 'image' ? part.png : part.content),
      filename: part.name,
      title: part.kind === 'image' ? part.alt : part.name,
    }));
    if (!first) return;
    await persist(() => web.filesUploadV2({ channel_id: channel, file_uploads: [first, ...others] }), {
      againMs,
    });
  }

  return {
    async send(answer, user) {
      const { reply } = answer;
      const sendable = [...reply.parts, ...(reply.details ?? [])].filter(isSendable);
      // Slack takes no empty file.
      const full = sendable.filter((part) => part.kind === 'image' || part.content.length > 0);
      if (sendable.length === 0) return answer;
      let fault: string | undefined;
      try {
        await upload(full, user);
      } catch (error) {
        log.warn({ ...failureOf(error), error }, 'files could not be sent');
        fault = reasonOf(error);
      }
      const said = (part: Part): readonly Part[] => {
        if (!isSendable(part)) return [part];
        if (!full.includes(part)) return [text(`${part.name} is empty.`)];
        return fault === undefined
          ? [text(`${part.name} is in your direct messages with the bot.`)]
          : cutIn(part, fault);
      };
      return {
        ...answer,
        reply: {
          ...reply,
          parts: reply.parts.flatMap(said),
          ...(reply.details && { details: reply.details.flatMap(said) }),
        },
      };
    },
  };
}

const reasonOf = (error: unknown): string =>
  slackError(error) === 'missing_scope'
    ? 'the bot lacks the scope files:write'
    : `Slack did not take it (${slackError(error) ?? 'no answer'})`;

/** Its end as far as there is room: the renderer says how much of it is missing. */
function cutIn(part: Sendable, fault: string): Part[] {
  const sentence = text(`${part.name} could not be sent as a file: ${fault}.`);
  if (part.kind === 'image') return [sentence, text(part.alt)];
  if (typeof part.content !== 'string') return [sentence];
  return [sentence, { kind: 'log', lines: part.content.split('\n').map((line) => ({ text: line })) }];
}
