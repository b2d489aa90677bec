import { randomUUID } from 'node:crypto';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { UserError } from '../../core/reply/errors.ts';
import { newerVersion } from '../../stores/operation-record.ts';
import { read, repeat } from '../client/calls.ts';
import type { Clients } from '../client/clients.ts';
import { isNamed } from '../client/errors.ts';

type Value = string | number | ReadonlySet<string>;
/** An item's attributes, as they came. */
export type Item = Readonly<Record<string, unknown>>;

export interface Write {
  /** `#rev = :rev`: a name follows `#`, a value `:`. */
  set?: readonly string[];
  /** `ADD …`, `DELETE …` or `REMOVE …`. */
  also?: string;
  /** What must hold for it; nothing where absent. */
  condition?: string;
  values: Readonly<Record<string, Value>>;
  /** The attribute that tells whose write this was; writers that must not hide one another use different ones. */
  mark?: string;
  /** True for a write beside the document of an item, whose version stays what it is. */
  beside?: boolean;
  /** Whose write it is, for CloudTrail. */
  operation?: string;
}

/** Items of one kind, by what follows their prefix. */
export interface Items {
  find(key: string): Promise<Item | undefined>;
  /** False where the condition does not hold. Sent again after a lost answer: a random mark tells whether it was applied the first time. */
  write(key: string, write: Write): Promise<boolean>;
}

export type Table = ReturnType<typeof createTable>;

const patienceMs = 10_000;

/** Single items of one DynamoDB table, read consistently and written conditionally; `items('OP#', 2)` are those of a kind, of its schema's version or older. */
export function createTable({ clients: { dynamo }, table }: { clients: Clients; table: string }) {
  let made: DynamoDBDocumentClient | undefined;
  const documents = () => {
    made ??= DynamoDBDocumentClient.from(dynamo.reading);
    return { ...dynamo, reading: made, changing: made };
  };

  const items = (prefix: string, version = 1): Items => {
    async function find(key: string): Promise<Item | undefined> {
      const command = new GetCommand({ TableName: table, Key: { pk: prefix + key }, ConsistentRead: true });
      const signal = AbortSignal.timeout(patienceMs);
      const { Item: item } = await read(documents(), command, { signal }).catch(orNoTable(table));
      if (item && !(typeof item.v === 'number' && item.v <= version)) throw newerVersion(prefix + key);
      return item;
    }

    async function write(key: string, write: Write): Promise<boolean> {
      const { set = [], also = '', condition, values, mark = 'by', beside = false, operation } = write;
      const nonce = randomUUID();
      const own = beside ? [] : ['#v = :v'];
      const expression = `SET ${[...own, `#${mark} = :nonce`, ...set].join(', ')} ${also}`.trim();
      // Older items are written anew, newer ones never.
      const known = '(attribute_not_exists(#v) OR #v <= :v)';
      const guard = condition ? `${known} AND (${condition})` : known;
      const names = [...`${expression} ${guard}`.matchAll(/#(\w+)/g)].map(([full, name = '']) => [
        full,
        name,
      ]);
      const all = Object.entries({ ...values, v: version, nonce });
      const command = new UpdateCommand({
        TableName: table,
        Key: { pk: prefix + key },
        UpdateExpression: expression,
        ConditionExpression: guard,
        ExpressionAttributeNames: Object.fromEntries(names),
        ExpressionAttributeValues: Object.fromEntries(all.map(([name, value]) => [`:${name}`, value])),
      });
      const signal = AbortSignal.timeout(patienceMs);
      try {
        await repeat(documents(), command, { signal, ...(operation && { operation }) });
        return true;
      } catch (error) {
        if (!isNamed(error, 'ConditionalCheckFailedException')) return orNoTable(table)(error);
        return (await find(key))?.[mark] === nonce;
      }
    }

    return { find, write };
  };
  return { items };
}

export function textOf(item: Item | undefined, name: string): string | undefined {
  const value = item?.[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(item: Item | undefined, name: string): number {
  const value = item?.[name];
  return typeof value === 'number' ? value : 0;
}

export function setOf(item: Item | undefined, name: string): string[] {
  const value = item?.[name];
  return value instanceof Set ? [...value].map(String) : [];
}

/** DynamoDB's TTL, hours late at times, only clears away what is long over: it takes seconds. */
export const secondsAt = (ms: number): number => Math.ceil(ms / 1_000);

const orNoTable =
  (table: string) =>
  (error: unknown): never => {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error;
    throw new UserError('unavailable', `The bot’s table ${table} is not there.`, {
      hint: 'Create it with Terraform, or check table in d2.yaml.',
      cause: error,
    });
  };
