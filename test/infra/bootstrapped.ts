import { type Applied, appliedOnce } from './applied-once.ts';
import type { Workspace } from './terraform.ts';

export const root = 'envs/bootstrap';
export const emails = '-var=budget_emails=["platform@example.com"]';
export const repository = '-var=github_repository=acme/d2-chatops';
export const states = 'arn:aws:s3:::d2-ride-booking-terraform-000011112222';
export const artifacts = 'arn:aws:s3:::d2-ride-booking-artifacts-000011112222';
/** What a request over a good connection tells a bucket's policy. */
export const tls = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };

export const appliedBootstrap = (): Promise<Applied> => appliedOnce(root, [emails, repository]);

/** A workspace in which envs/bootstrap has been applied, and what was there then. */
export async function bootstrapped() {
  const applied = await appliedBootstrap();
  const workspace = await applied.open();
  return {
    ...applied,
    workspace,
    /** A resource's values in the state. */
    valuesOf(address: string): Record<string, unknown> {
      const found = applied.resources.find((one) => one.address === address);
      if (found) return found.values;
      throw new Error(
        `there is no ${address} among ${applied.resources.map((one) => one.address).join(', ')}`,
      );
    },
    run: (...args: string[]) => runIn(workspace, args),
  };
}

/** Runs terraform in the root: how it ended, and what it said in one line, without the frame that it draws. */
export async function runIn(workspace: Workspace, args: readonly string[]) {
  const { code, stdout, stderr } = await workspace.run(root, args);
  return { code, said: `${stdout} ${stderr}`.replace(/[\s│]+/g, ' ') };
}

export type Bootstrapped = Awaited<ReturnType<typeof bootstrapped>>;
