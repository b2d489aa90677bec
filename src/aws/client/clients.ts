import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setImmediate } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createLimit, type Limit } from './limit.ts';
import { type Stack, takeTurns, translateErrors } from './middleware.ts';

export interface ClientOptions {
  region: string;
  /** Instead of AWS's own; without it the SDK reads `AWS_ENDPOINT_URL`. */
  endpoint?: string;
  /** Instead of the SDK's chain (environment, profile, SSO, role). */
  credentials?: EC2ClientConfig['credentials'];
  /** ms; how long one request may take, and how long a socket may be silent. Default 10 s. */
  requestTimeout?: number;
}

/** One AWS service: reads are tried three times, changes are sent once. */
export interface Service<C> {
  /** All reads share it, so that a long list does not have AWS throttle the account. */
  limit: Limit;
  reading: C;
  changing: C;
}

const mostReadsAtOnce = 10;

export type Clients = ReturnType<typeof createClients>;

/** Hears the Date header of an answer, and when (ms) its request was made. */
type DateListener = (date: string | undefined, askedAt: number) => void;

class Handler extends NodeHttpHandler {
  listener: DateListener = () => {};

  override async handle(...args: Parameters<NodeHttpHandler['handle']>) {
    const askedAt = Date.now();
    const result = await super.handle(...args);
    this.listener(result.response.headers.date, askedAt);
    return result;
  }
}

/** Every client of the bot, each made once, at its first call; `close` ends their sockets. */
export function createClients(options: ClientOptions) {
  const { region, endpoint, credentials, requestTimeout = 10_000 } = options;
  const handler = new Handler({
    connectionTimeout: 2_000,
    requestTimeout,
    // Of silence: else an answer that stops in mid-body would be waited for without end.
    socketTimeout: requestTimeout,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 50 }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 50 }),
  });
  const shared = {
    region,
    requestHandler: handler,
    ...(endpoint && { endpoint }),
    ...(credentials && { credentials }),
  };
  const reading = { ...shared, retryMode: 'standard', maxAttempts: 3 };
  // The SDK would retry a reset or a timeout without asking whether the call was applied.
  const changing = { ...shared, maxAttempts: 1 };
  const service = <C extends { middlewareStack: Stack }>(
    prefix: string,
    Client: new (config: typeof shared) => C,
  ): Service<C> => {
    const made: { reading?: C; changing?: C } = {};
    const make = (config: typeof shared, isChanging: boolean) => {
      const client = new Client(config);
      translateErrors(client.middlewareStack, prefix, { changing: isChanging });
      if (!isChanging) takeTurns(client.middlewareStack);
      return client;
    };
    return {
      limit: createLimit(mostReadsAtOnce),
      get reading() {
        made.reading ??= make(reading, false);
        return made.reading;
      },
      get changing() {
        made.changing ??= make(changing, true);
        return made.changing;
      },
    };
  };

  const services = {
    ec2: service('ec2', EC2Client),
    rds: service('rds', RDSClient),
    ssm: service('ssm', SSMClient),
    elb: service('elasticloadbalancing', ElasticLoadBalancingV2Client),
    logs: service('logs', CloudWatchLogsClient),
    cloudwatch: service('cloudwatch', CloudWatchClient),
    cognito: service('cognito-idp', CognitoIdentityProviderClient),
    secrets: service('secretsmanager', SecretsManagerClient),
    dynamo: service('dynamodb', DynamoDBClient),
    sts: service('sts', STSClient),
  };
  return {
    ...services,
    /** Makes every client that reads, and what else the first reads need, one a turn of the event loop. */
    async prepare(): Promise<void> {
      for (const service of Object.values(services)) {
        await setImmediate();
        // It is made when it is first looked at.
        void service.reading;
      }
      await setImmediate();
      // Node loads its fetch at the first look, in 30 ms: what asks for health needs it.
      void globalThis.Response;
    },
    /** One listener: the clock. */
    onDate(listener: DateListener): void {
      handler.listener = listener;
    },
    close: () => handler.destroy(),
  };
}
