import { Signer } from '@aws-sdk/rds-signer';

interface Endpoint {
  host: string;
  port: number;
  user: string;
  region: string;
}

/**
 * Signs an RDS IAM token, good for 15 minutes, with whatever credentials the SDK finds: on EC2 the instance's role.
 * RDS asks for it once a connection, so each new connection has a fresh one signed and none is kept.
 */
export function createTokenSigner({ host, port, user, region }: Endpoint): () => Promise<string> {
  const signer = new Signer({ hostname: host, port, username: user, region });
  return () => signer.getAuthToken();
}
