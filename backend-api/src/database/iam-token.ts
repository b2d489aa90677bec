interface Endpoint {
  host: string;
  port: number;
  user: string;
  region: string;
}

/**
 * Signs an RDS IAM token, good for 15 minutes, with whatever credentials the SDK finds: on EC2 the instance's role.
 * RDS asks for it once a connection, so each new connection has a fresh one signed and none is kept.
 * The SDK is loaded here and not at every start: most of it is for nothing with a password.
 */
export function createTokenSigner({ host, port, user, region }: Endpoint): () => Promise<string> {
  const loading = import('@aws-sdk/rds-signer').then(
    ({ Signer }) => new Signer({ hostname: host, port, username: user, region }),
  );
  return async () => (await loading).getAuthToken();
}
