import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
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

/** Serves the provider's plugin protocol on a loopback port. */
export async function startServer(
  env: Environment,
  schemas: Schemas,
): Promise<{ port: number; close(): void }> {
  const { methods, forget, close } = createMethods(env, schemas);
  const server = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.enable_channelz': 0,
  });
  const service = definition['tfplugin6.Provider'];
  if (!service || 'format' in service) throw new Error('protocol.proto has no service Provider.');
  server.addService(
    serializingSchemaOnce(service),
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        async (call: ServerUnaryCall<Request, object>, reply: sendUnaryData<object>) => {
          try {
            reply(null, await method(call.request, call.getPeer()));
          } catch (error) {
            if (env.TERRAFORM_OFFLINE_DEBUG) console.error(error);
            const problem = problemOf(error, `${name} ${call.request.type_name ?? ''}`);
            if (hasDiagnostics(name)) reply(null, { diagnostics: [problem] });
            else reply({ code: status.INTERNAL, details: problem.summary });
          }
        },
      ]),
    ),
  );
  // gRPC's own listener does not tell when a connection ends.
  const connections = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.once('close', () => forget(peer));
    connections.injectConnection(socket);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (typeof address !== 'object' || !address) throw new Error('The provider listens on no port.');
  return {
    port: address.port,
    close() {
      listener.close();
      server.forceShutdown();
      close();
    },
  };
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
