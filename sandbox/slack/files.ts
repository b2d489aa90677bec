import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { pathOf, readBytes, sendJson } from '../http.ts';
import type { RequestHandler } from '../interfaces.ts';
import { Refusal } from './call.ts';
import { describeMessage, findSendable, type Method } from './chat-methods.ts';
import { bot } from './directory.ts';
import type { Messages, SharedFile } from './messages.ts';

interface Upload {
  name: string;
  length: number;
  bytes?: Buffer;
}

interface Files {
  /** files.getUploadURLExternal and files.completeUploadExternal. */
  methods: Record<string, Method>;
  /** Takes what is sent to an upload's address, and gives a shared file back to the page. */
  handle: RequestHandler;
  clear(): void;
}

const prefix = '/slack/upload/';
const largest = 50_000_000;
const wanted = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

/** Uploads as Slack takes them since 2024: an address for each file, its bytes sent there, then all shared at once. */
export function createFiles(baseUrl: () => string, messages: Messages): Files {
  const uploads = new Map<string, Upload>();

  return {
    methods: {
      'files.getUploadURLExternal': (args) => {
        const [name, length] = [args.text('filename'), Number(args.text('length'))];
        if (!name || !Number.isInteger(length) || length < 1) throw new Refusal('invalid_arguments');
        if (length > largest) throw new Refusal('file_uploads_too_large');
        const id = `F${randomBytes(5).toString('hex').toUpperCase()}`;
        uploads.set(id, { name, length });
        return { upload_url: `${baseUrl()}${prefix}${id}`, file_id: id };
      },
      'files.completeUploadExternal': (args) => {
        const given = wanted.safeParse(args.json('files'));
        if (!given.success) throw new Refusal('invalid_arguments');
        const files = given.data.map(({ id, title }): SharedFile => {
          const upload = uploads.get(id);
          if (!upload) throw new Refusal('file_not_found');
          if (upload.bytes?.length !== upload.length) throw new Refusal('file_upload_size_restricted');
          return { id, name: upload.name, title: title ?? upload.name, size: upload.length };
        });
        if (!args.text('channel_id')) return { files };
        const channel = findSendable(args, 'channel_id');
        const text = args.text('initial_comment');
        const message = messages.post({ channel: channel.id, user: bot.user, text, files });
        return { files, message: describeMessage(message) };
      },
    },
    async handle(request, response) {
      const { pathname } = pathOf(request);
      if (!pathname.startsWith(prefix)) return false;
      const upload = uploads.get(pathname.slice(prefix.length));
      if (!upload) {
        sendJson(response, 404, { ok: false, error: 'file_not_found' });
      } else if (request.method === 'POST') {
        upload.bytes = await bodyOf(request);
        response.writeHead(200, { 'content-type': 'text/plain' }).end(`OK - ${upload.bytes.length}`);
      } else {
        // Nothing that was uploaded may run as a page of the sandbox.
        const picture = upload.name.endsWith('.png');
        response
          .writeHead(200, {
            'content-type': picture ? 'image/png' : 'text/plain; charset=utf-8',
            'x-content-type-options': 'nosniff',
          })
          .end(upload.bytes);
      }
      return true;
    },
    clear: () => uploads.clear(),
  };
}

/** The bytes as they are, or the one field of a form. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const bytes = await readBytes(request, largest + 10_000);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const [field] = form.values();
  return field instanceof Blob ? Buffer.from(await field.arrayBuffer()) : Buffer.from(field ?? '');
}
