import { randomUUID } from 'node:crypto';
import { type AttributeValue, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { schemaVersion } from '../../core/operation/record.ts';
import { UserError } from '../../core/reply/errors.ts';
import { read, repeat } from '../client/calls.ts';
import type { Clients } from '../client/clients.ts';
import { isNamed } from '../client/errors.ts';

type Value = string | number | readonly string[];
/** An item's attributes, without DynamoDB's type letters. */
export type Item = Readonly<Record<string, Value | undefined>>;

export interface Write {
  /** `#rev = :rev`: a name follows `#`, a value `:`. */
  set: readonly string[];
  /** `ADD …` or `REMOVE …`. */
  also?: string;
  /** What must hold for it; nothing where absent. */
  condition?: string;
  values: Readonly<Record<string, string | number | ReadonlySet<string>>>;
  /** The attribute that tells whose write this was; writers that must not hide one another use different ones. */
  mark?: string;
  /** Whose write it is, for CloudTrail. */
  operation?: string;
}

export type Table = ReturnType<typeof createTable>;

const patienceMs = 10_000;

/** Single items of one DynamoDB table, read consistently and written conditionally. */
export function createTable({ clients: { dynamo }, table }: { clients: Clients; table: string }) {
  async function find(pk: string): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: table, Key: { pk: { S: pk } }, ConsistentRead: true });
    const { Item: stored } = await read(dynamo, command, { signal: AbortSignal.timeout(patienceMs) }).catch(
      orNoTable(table),
    );
    if (!stored) return undefined;
    const item = Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, toValue(value)]));
    if (item.v !== schemaVersion) {
      throw new UserError('conflict', `${pk} was written by a newer version of the bot.`, {
        hint: 'Update this bot, then try again.',
      });
    }
    return item;
  }

  /** False where the condition does not hold. Sent again after a lost answer: a random mark tells whether it was applied the first time. */
  async function write(pk: string, write: Write): Promise<boolean> {
    const { set, also = '', condition, values, mark = 'by', operation } = write;
    const nonce = randomUUID();
    const expression = `SET ${['#v = :v', `#${mark} = :nonce`, ...set].join(', ')} ${also}`.trim();
    const own = '(attribute_not_exists(#v) OR #v = :v)';
    const guard = condition ? `${own} AND (${condition})` : own;
    const names = [...`${expression} ${guard}`.matchAll(/#(\w+)/g)].map(([key, name = '']) => [key, name]);
    const all = { ...values, v: schemaVersion, nonce };
    const command = new UpdateItemCommand({
      TableName: table,
      Key: { pk: { S: pk } },
      UpdateExpression: expression,
      ConditionExpression: guard,
      ExpressionAttributeNames: Object.fromEntries(names),
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(all).map(([name, value]) => [`:${name}`, toAttribute(value)]),
      ),
    });
    try {
      await repeat(dynamo, command, {
        signal: AbortSignal.timeout(patienceMs),
        ...(operation && { operation }),
      });
      return true;
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) return orNoTable(table)(error);
      return (await find(pk))?.[mark] === nonce;
    }
  }

  return { find, write };
}

export function textOf(item: Item | undefined, name: string): string | undefined {
  const value = item?.[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(item: Item | undefined, name: string): number {
  const value = item?.[name];
  return typeof value === 'number' ? value : 0;
}

function toAttribute(value: Write['values'][string]): AttributeValue {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { SS: [...value] };
}

function toValue(value: AttributeValue): Value | undefined {
  if (value.N !== undefined) return Number(value.N);
  return value.S ?? value.SS;
}

const orNoTable =
  (table: string) =>
  (error: unknown): never => {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    throw new UserError('unavailable', `The bot’s table ${table} is not there.`, {
      hint: 'Create it with Terraform, or check table in d2.yaml.',
      cause: error,
    });
  };
