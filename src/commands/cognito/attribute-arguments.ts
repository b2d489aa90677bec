import { argument } from '../../core/command/arguments.ts';
import type { Invocation } from '../../core/reply/actions.ts';
import { UserError } from '../../core/reply/errors.ts';
import { code } from '../../core/reply/text.ts';
import type { Pool } from '../../platform/users.ts';

const longest = 2_048;

const said = (expected: string, tidy: (word: string) => string | undefined = (word) => word) =>
  argument<string>({
    name: 'value',
    closed: false,
    expected,
    read: (word) => (word.trim() !== '' && word.length <= longest ? tidy(word.trim()) : undefined),
  }).seldom();

/** Cognito takes a plus, the country's code and digits, and none of what people write between them. */
function tidyPhone(word: string): string | undefined {
  const number = word.replaceAll(/[\s().-]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined;
}

/** The standard attributes that a pool may require besides the email: a flag each, by Cognito's name with dashes. */
export const attributeArguments = {
  'phone-number': said('a phone number with the country’s code, such as +60123456789', tidyPhone),
  name: said('a full name, such as "Ana Lim"'),
  'given-name': said('a given name, such as Ana'),
  'middle-name': said('a middle name'),
  'family-name': said('a family name, such as Lim'),
  nickname: said('a nickname'),
  'preferred-username': said('a username of their choice'),
  birthdate: said('a date of birth, such as 1990-12-31', (word) =>
    /^\d{4}-\d\d-\d\d$/.test(word) ? word : undefined,
  ),
  gender: said('a gender'),
  address: said('a postal address, in quotes'),
  locale: said('a language, such as en-MY'),
  zoneinfo: said('a time zone, such as Asia/Kuala_Lumpur'),
  profile: said('the address of a profile page'),
  picture: said('the address of a picture'),
  website: said('the address of a web site'),
};

type Flag = keyof typeof attributeArguments;
const flags = Object.keys(attributeArguments) as Flag[];
const attributeOf = (flag: Flag): string => flag.replaceAll('-', '_');

/** What was said, by Cognito's names. */
export const attributesOf = (args: { readonly [K in Flag]?: string | undefined }): Record<string, string> =>
  Object.fromEntries(
    flags.flatMap((flag) => {
      const value = args[flag];
      return value === undefined ? [] : [[attributeOf(flag), value]];
    }),
  );

/** What this pool wants of a new user and was not said, for surfaces that ask for it. */
export function missingAttributes(
  { name, attributes, usernames }: Pick<Pool, 'name' | 'attributes' | 'usernames'>,
  known: Readonly<Record<string, string>>,
  { command, given }: { command: string; given: Invocation['args'] },
): UserError | undefined {
  const required = new Set([
    ...attributes.filter((one) => one.required).map((one) => one.name),
    ...(usernames === 'phone_number' ? ['phone_number'] : []),
  ]);
  const lacking = flags.filter(
    (flag) => required.has(attributeOf(flag)) && known[attributeOf(flag)] === undefined,
  );
  if (lacking.length === 0) return undefined;
  const missing = lacking.map((flag) => ({ name: flag, expected: attributeArguments[flag].kind.expected }));
  return new UserError(
    'usage',
    `${command} needs ${missing.map(({ expected }) => expected).join(' and ')}: the pool ${name} requires ${lacking.map(attributeOf).join(' and ')}.`,
    {
      hint: ['Add ', code(lacking.map((flag) => `--${flag} …`).join(' ')), ' to the line.'],
      missing: { command, given, missing },
    },
  );
}
