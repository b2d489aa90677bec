import { randomInt } from 'node:crypto';
import { AwsError } from '../errors.ts';

/** How long a temporary password is valid. */
export const temporaryDays = 7;

export const policyOf = (minimumLength: number) => ({
  MinimumLength: minimumLength,
  RequireUppercase: true,
  RequireLowercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: temporaryDays,
});

const classes = [
  { pattern: /[A-Z]/, of: 'uppercase', some: 'ABCDEFGHJKLMNPQRSTUVWXYZ' },
  { pattern: /[a-z]/, of: 'lowercase', some: 'abcdefghijkmnopqrstuvwxyz' },
  { pattern: /\d/, of: 'numeric', some: '23456789' },
  { pattern: /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]/, of: 'symbol', some: '!@#%*_=+-' },
];

/** Throws InvalidPasswordException, with what is missing. */
export function checkPasswordPolicy(password: string, minimumLength: number): void {
  const refuse = (why: string) =>
    new AwsError('InvalidPasswordException', `Password did not conform with policy: ${why}`);
  if (password.length < minimumLength) throw refuse('Password not long enough');
  const missing = classes.find(({ pattern }) => !pattern.test(password));
  if (missing) throw refuse(`Password must have ${missing.of} characters`);
}

/** A temporary password, as Cognito makes one where none is given; it keeps the policy. */
export function generatePassword(length: number): string {
  const one = (of: string): string => of.charAt(randomInt(of.length));
  const every = classes.map(({ some }) => some).join('');
  const characters = Array.from({ length }, (_, at) => one(classes[at]?.some ?? every));
  return characters
    .map((character) => ({ character, place: randomInt(2 ** 32) }))
    .sort((a, b) => a.place - b.place)
    .map(({ character }) => character)
    .join('');
}
