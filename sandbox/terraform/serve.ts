import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Environment } from './endpoint.ts';
import { schemas, schemasOf } from './schema.ts';
import { startServer } from './server.ts';

const settings = fileURLToPath(new URL('offline.tfrc', import.meta.url));

export interface Served {
  /** What terraform is run with, over the rest of the environment. */
  env: Record<string, string>;
  close(): void;
}

/** The version of hashicorp/aws that is described here. */
export const version = schemas.provider_version;

/**
 * Serves the offline provider in this process, for as many terraform commands as are wanted, one after another or
 * at once. They must not be waited for synchronously (`spawnSync`): this process is what answers them.
 * Region, keys and endpoint are those of `env`, unless a provider block has its own.
 * With `isKept`, the types and nested blocks of whose names it says no do not exist: terraform reads all there are
 * at each command, and copies a block with every block in it for each resource.
 */
export async function serveProvider(
  env: Environment = process.env,
  isKept?: (name: string) => boolean,
): Promise<Served> {
  const { port, close } = await startServer(env, isKept ? schemasOf(isKept) : schemas);
  const own = env.TF_CLI_CONFIG_FILE ?? '';
  return {
    env: {
      CHECKPOINT_DISABLE: '1',
      // The user's own settings are kept: they may name a mirror for other providers.
      TF_CLI_CONFIG_FILE: existsSync(own) ? own : settings,
      TF_REATTACH_PROVIDERS: JSON.stringify({
        'registry.terraform.io/hashicorp/aws': {
          Protocol: 'grpc',
          ProtocolVersion: 6,
          Pid: process.pid,
          Test: true,
          Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
        },
      }),
    },
    close,
  };
}
