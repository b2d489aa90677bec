import { domainToASCII } from 'node:url';
import { argument } from '../../core/command/arguments.ts';

/** An address as mail systems and Cognito take it; as typed, since in some pools capitals count. */
export const email = argument<string>({
  name: 'email',
  closed: false,
  expected: 'an email address such as ana@example.com',
  read: readEmail,
});

/** Whoever a pool knows by this word: an email, or a username such as `Google_1043` or a UUID. */
export const user = argument<string>({
  name: 'user',
  closed: false,
  expected: 'an email address or a username',
  read: (word) => readEmail(word) ?? (/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(word) ? word : undefined),
});

// RFC 5321's Dot-string, of at most 64 characters, and a domain of two or more labels whose last is no number.
const local = /^(?=.{1,64}$)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const domain =
  /^(?=.{1,255}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const longest = 128;

/** The address, an internationalised domain in its ASCII form, which is what Cognito mails to; `undefined` where it is none. */
export function readEmail(word: string): string | undefined {
  const at = word.lastIndexOf('@');
  const typed = word.slice(at + 1);
  const host = /^\p{ASCII}*$/u.test(typed) ? typed : domainToASCII(typed);
  const address = `${word.slice(0, at)}@${host}`;
  return at > 0 && address.length <= longest && local.test(word.slice(0, at)) && domain.test(host)
    ? address
    : undefined;
}
