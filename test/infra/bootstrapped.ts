import { region, startTestAccount } from '../sandbox/aws/test-account.ts';
import { createWorkspace } from './terraform.ts';

export const root = 'envs/bootstrap';
export const emails = '-var=budget_emails=["platform@example.com"]';
export const repository = '-var=github_repository=acme/d2-chatops';
export const states = 'arn:aws:s3:::d2-ride-booking-terraform-000011112222';
export const artifacts = 'arn:aws:s3:::d2-ride-booking-artifacts-000011112222';
/** What a request over a good connection tells a bucket's policy. */
export const tls = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };

/** An account, its Parameter Store answered by the sandbox, after envs/bootstrap was applied to it. */
export async function bootstrapAccount() {
  const account = await startTestAccount();
  const env = {
    AWS_ENDPOINT_URL: account.endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
  };
  const workspace = createWorkspace({ env });
  await workspace.init(root);
  await workspace.apply(root, [emails, repository]);
  const resources = await workspace.resources(root);
  return {
    account,
    env,
    workspace,
    resources,
    /** A resource's values in the state. */
    valuesOf(address: string): Record<string, unknown> {
      const found = resources.find((one) => one.address === address);
      if (found) return found.values;
      throw new Error(`there is no ${address} among ${resources.map((one) => one.address).join(', ')}`);
    },
    /** Runs terraform in the root: how it ended, and what it said in one line, without the frame that it draws. */
    async run(...args: string[]) {
      const { code, stdout, stderr } = await workspace.run(root, args);
      return { code, said: `${stdout} ${stderr}`.replace(/[\s│]+/g, ' ') };
    },
    async close() {
      workspace.close();
      await account.close();
    },
  };
}

export type Bootstrapped = Awaited<ReturnType<typeof bootstrapAccount>>;
