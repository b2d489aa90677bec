import {
  DescribeUserPoolCommand,
  type GroupType,
  type SchemaAttributeType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Call } from '../platform/call.ts';
import type { Pool, PoolAttribute } from '../platform/users.ts';
import { read } from './client/calls.ts';
import type { Clients } from './client/clients.ts';

export async function describePool({ cognito }: Clients, id: string, call: Call): Promise<UserPoolType> {
  const { UserPool = {} } = await read(cognito, new DescribeUserPoolCommand({ UserPoolId: id }), call);
  return UserPool;
}

/** Names of groups, without those that Cognito makes of an identity provider: `<pool>_Google`. */
export const ownGroups = (poolId: string, groups: readonly GroupType[]): string[] =>
  groups.map(({ GroupName = '' }) => GroupName).filter((name) => !name.startsWith(`${poolId}_`));

/** A pool that does not say is one whose capitals count: so are those of before 2020, and what an API call makes. */
export const isCaseSensitive = ({ UsernameConfiguration }: UserPoolType): boolean =>
  UsernameConfiguration?.CaseSensitive !== false;

export function usernamesOf({
  UsernameAttributes = [],
  AliasAttributes = [],
}: UserPoolType): Pool['usernames'] {
  if (UsernameAttributes.length > 0) return UsernameAttributes.includes('email') ? 'email' : 'phone_number';
  // Where an email is another name for a user, Cognito takes none as the username.
  return AliasAttributes.includes('email') ? 'uuid' : 'email';
}

export function attributeOf({
  Name = '',
  Required = false,
  StringAttributeConstraints: { MinLength, MaxLength } = {},
}: SchemaAttributeType): PoolAttribute {
  return {
    name: Name,
    required: Required,
    ...(MinLength !== undefined && { minLength: Number(MinLength) }),
    ...(MaxLength !== undefined && { maxLength: Number(MaxLength) }),
  };
}

/** For a hint: what there is, the first few of it. */
export const firstNames = (names: readonly (string | undefined)[]): string =>
  names.length === 0 ? 'none' : `${names.slice(0, 8).join(', ')}${names.length > 8 ? ' …' : ''}`;
