import { once } from 'node:events';
import { createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import { fileURLToPath } from 'node:url';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { problemOf } from './diagnostic.ts';
import type { Environment } from './endpoint.ts';
import { createMethods, hasDiagnostics, type Request } from './methods.ts';
import type { Schemas } from './schema.ts';

const definition = loadSync(fileURLToPath(new URL('protocol.proto', import.meta.url)), {
  keepCase: true,
  defaults: true,
  longs: Number,
});

// Of gRPC's codes.
const [ok, unimplemented, internal] = [0, 12, 13];

/** Serves the provider's plugin protocol on a loopback port: gRPC, of which terraform needs one message for one message. */
export async function startServer(
  env: Environment,
  schemas: Schemas,
): Promise<{ port: number; close(): void }> {
  const { methods, forget, close } = createMethods(env, schemas);
  const provider = definition['tfplugin6.Provider'];
  if (!provider || 'format' in provider) throw new Error('protocol.proto has no service Provider.');
  const service = serializingSchemaOnce(provider);

  async function call(stream: ServerHttp2Stream, path: string, peer: string, sent: Buffer): Promise<void> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const [kind, method] = [service[name], methods[name]];
    if (!kind || !method) return refuse(stream, unimplemented, `There is no ${path}.`);
    const request = kind.requestDeserialize(sent.subarray(prefix)) as Request;
    try {
      answer(stream, kind.responseSerialize(await method(request, peer)));
    } catch (error) {
      if (env.TERRAFORM_OFFLINE_DEBUG) console.error(error);
      const problem = problemOf(error, `${name} ${request.type_name ?? ''}`);
      if (hasDiagnostics(name)) answer(stream, kind.responseSerialize({ diagnostics: [problem] }));
      else refuse(stream, internal, problem.summary);
    }
  }

  const server = createServer();
  const sessions = new Map<Http2Session | undefined, string>();
  server.on('session', (session) => {
    const { remoteAddress, remotePort } = session.socket;
    const peer = `${remoteAddress}:${remotePort}`;
    sessions.set(session, peer);
    session.once('close', () => {
      sessions.delete(session);
      forget(peer);
    });
  });
  server.on('stream', (stream, { ':path': path = '' }) => {
    // A caller that has gone needs no answer.
    stream.on('error', () => {});
    const peer = sessions.get(stream.session) ?? '';
    const sent: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => sent.push(chunk));
    stream.on('end', () => {
      call(stream, path, peer, Buffer.concat(sent)).catch((error) => refuse(stream, internal, String(error)));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('The provider listens on no port.');
  return {
    port: address.port,
    close() {
      server.close();
      for (const session of sessions.keys()) session?.destroy();
      close();
    },
  };
}

/** Before a message: whether it is compressed, and its length. */
const prefix = 5;

function answer(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed) return;
  const head = Buffer.alloc(prefix);
  head.writeUInt32BE(message.length, 1);
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': ok }));
  stream.end(Buffer.concat([head, message]));
}

function refuse(stream: ServerHttp2Stream, code: number, words: string): void {
  if (stream.destroyed) return;
  const said = { 'grpc-status': code, 'grpc-message': encodeURIComponent(words) };
  stream.respond({ 'content-type': 'application/grpc', ...said }, { endStream: true });
}

/** Encodes the schema once: it is by far the largest answer, the same every time, and encoding is what takes long. */
function serializingSchemaOnce(service: ServiceDefinition): ServiceDefinition {
  const { GetProviderSchema: method } = service;
  if (!method) return service;
  let bytes: Buffer | undefined;
  const responseSerialize = (answer: object): Buffer => {
    bytes ??= method.responseSerialize(answer);
    return bytes;
  };
  return { ...service, GetProviderSchema: { ...method, responseSerialize } };
}
