import { type Format, format } from './format.ts';

const text = '(?<text>.*)$';
const exception = String.raw`(?:[\w$]+[.:]{1,2})*[A-Z][\w$]*(?:Error|Exception|Panic|Fault|Interrupt|Exit)|Error|Exception`;

/** Lines that say by their own shape what they are. */
export const tellingFormats: readonly Format[] = [
  format(
    'a warning of Node or Python',
    String.raw`(?:\(node:\d+\) |\S+:\d+: )?(?:\[\w+\] )?\w*Warning: (?<text>.*)$`,
    '(node:812) [DEP0040] DeprecationWarning: punycode is deprecated',
    { level: 'warn', text: 'punycode is deprecated' },
    'warn',
  ),
  format(
    'an exception',
    String.raw`(?=(?:Uncaught |Unhandled exception\. |Exception in thread "[^"]*" |\[)*(?:${exception})\b(?: \[\w+\]|\(\d+\))?(?::|\]?$))${text}`,
    'TypeError: fare is undefined',
    { level: 'error', text: 'TypeError: fare is undefined' },
    'error',
  ),
  format(
    'a process that ends',
    String.raw`(?=panic: |fatal error: |thread '[^']*' (?:\(\d+\) )?panicked at|Traceback \(most recent call last\)|PHP (?:Fatal|Parse) error: |\[?Unhandled ?(?:Promise ?)?Rejection|Segmentation fault|FATAL ERROR: |<--- Last few GCs|Unhandled exception|Exception in thread |Error: )${text}`,
    'panic: runtime error: index out of range [3]',
    { level: 'error', text: 'panic: runtime error: index out of range [3]' },
    'error',
  ),
  format(
    'Lambda’s time limit',
    String.raw`(?=[\da-f]{8}-[\da-f-]{27} Task timed out)${text}`,
    '2026-01-21T01:00:00.123Z 8c2f4b5e-5c1e-4a51-9d9b-2f7f3c1d2e4f Task timed out after 3.00 seconds',
    { level: 'error', text: '8c2f4b5e-5c1e-4a51-9d9b-2f7f3c1d2e4f Task timed out after 3.00 seconds' },
    'error',
  ),
];
