import { accountAt, type Endpoint, type Environment, endpointOf } from './endpoint.ts';
import { InputError } from './input-error.ts';
import { createParameterType } from './parameter.ts';
import { createParameterClient } from './parameter-client.ts';
import { type LiveType, type Settings, settingsOf } from './settings.ts';
import { type Named, textsOf } from './value.ts';

export interface Configured extends Settings {
  /** By type's name. Empty without an endpoint: then nothing leaves Terraform's state. */
  live: ReadonlyMap<string, LiveType>;
  close(): void;
}

/** The settings of a provider block that is not configured: what `validate` works with. */
export const unconfigured = (env: Environment): Configured => ({
  ...settingsOf({}, env),
  live: new Map(),
  close: () => {},
});

/** Asks the endpoint, where there is one, for the account. Throws an InputError where it is not one that may be used. */
export async function configure(config: Named, env: Environment): Promise<Configured> {
  const settings = settingsOf(config, env);
  const endpoint = endpointOf(config, env);
  const offlineAccount = env.TERRAFORM_OFFLINE_ACCOUNT;
  if (offlineAccount) assertAllowed(config, offlineAccount, 'TERRAFORM_OFFLINE_ACCOUNT says so. Unset it');
  if (!endpoint) return { ...settings, live: new Map(), close: () => {} };
  const account = (await askedAccount(config, env, endpoint, settings)) ?? settings.account;
  const parameters = createParameterClient(endpoint);
  const live = new Map([['aws_ssm_parameter', createParameterType(parameters, settings)]]);
  return { ...settings, account, live, close: parameters.close };
}

async function askedAccount(
  config: Named,
  env: Environment,
  endpoint: Endpoint,
  { region }: Settings,
): Promise<string | undefined> {
  if (endpoint.sts === '' || env.TERRAFORM_OFFLINE_ACCOUNT || config.skip_requesting_account_id === true)
    return undefined;
  const account = await accountAt(endpoint, region);
  assertAllowed(config, account, 'Use the keys of another account');
  return account;
}

function assertAllowed(config: Named, account: string, remedy: string): void {
  const allowed = textsOf(config.allowed_account_ids);
  const forbidden = textsOf(config.forbidden_account_ids);
  const change = (argument: string, ids: string[]) =>
    new InputError(
      `AWS account ID not allowed: ${account}`,
      `${remedy}, or change ${argument} in the provider block (${ids.join(', ')}).`,
    );
  if (allowed.length > 0 && !allowed.includes(account)) throw change('allowed_account_ids', allowed);
  if (forbidden.includes(account)) throw change('forbidden_account_ids', forbidden);
}
