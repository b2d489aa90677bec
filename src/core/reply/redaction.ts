const hidden = '[redacted]';
// In every name that `keyRules` know: without one of them those rules, the slow ones, find nothing.
const keyWord = /pass|pwd|secret|token|api[_-]?key|private[_-]?key|credential/i;
const secretKey = String.raw`(?:[\w.-]{0,40}(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key|credential)[\w.-]{0,40}|[\w.-]{0,40}[_.-]pass)`;

/** What never leaves the bot: on messages, files, the trail and its own log. Applied before text is cut into pieces. */
const rules: readonly [RegExp, string][] = [
  [
    /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,20000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g,
    hidden,
  ],
  [/\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z0-9]{12,17}\b/g, hidden],
  [/\bxox[a-z]-[A-Za-z0-9-]{6,}/g, hidden],
  [/\bxapp-[A-Za-z0-9-]{6,}/g, hidden],
  [/https:\/\/hooks\.slack(?:-gov)?\.com\/[^\s"'<>]+/g, hidden],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, hidden],
  [/(X-Amz-(?:Signature|Credential|Security-Token)=)[^\s&"'<>]+/gi, `$1${hidden}`],
  [/\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=]{60,}/g, hidden],
  [
    /((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:(?:bearer|basic|digest|aws4-hmac-sha256)\s+)?[^\s"',;]+(?:[^\n"']{0,300}signature=[0-9a-f]+)?/gi,
    `$1${hidden}`,
  ],
  [/\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi, `$1${hidden}`],
  [/((?:set-)?cookie["']?\s{0,4}[:=]\s{0,4}["']?)[^\n"']{1,2000}/gi, `$1${hidden}`],
  // A port is no password, though an @ may follow in the path.
  [
    /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{0,100}:)(?!\d{1,5}[/?#])(?:[^\s/"'<>]{1,500}|[^\s@"'<>]{1,500})(@)/gi,
    `$1${hidden}$2`,
  ],
];

/** Secrets by the names that they stand under. */
const keyRules: typeof rules = [
  [new RegExp(String.raw`("${secretKey}"\s{0,4}:\s{0,4}")(?:[^"\\]|\\.){1,2000}`, 'gi'), `$1${hidden}`],
  [new RegExp(String.raw`('${secretKey}'\s{0,4}:\s{0,4}')(?:[^'\\]|\\.){1,2000}`, 'gi'), `$1${hidden}`],
  [/("[\w.-]{0,40}(?:passw(?:or)?d|pwd|secret)[\w.-]{0,40}"\s{0,4}:\s{0,4})\d{4,40}/gi, `$1"${hidden}"`],
  [new RegExp(String.raw`(\\"${secretKey}\\"\s{0,4}:\s{0,4}\\")[^"\\]{1,2000}`, 'gi'), `$1${hidden}`],
  [
    new RegExp(
      String.raw`\b(${secretKey}\s{0,2}=\s{0,2})(?:"[^"\n]{1,500}"|'[^'\n]{1,500}'|[^\s"'&;,]{1,500})`,
      'gi',
    ),
    `$1${hidden}`,
  ],
  [
    new RegExp(
      String.raw`(^|[\s{,])(${secretKey}:\s{1,4})(?!\[redacted\])(?:"[^"\n]{1,500}"|'[^'\n]{1,500}'|(?=[^\s]{6,})[^\s"',]{1,500})`,
      'gim',
    ),
    `$1$2${hidden}`,
  ],
  [
    /\b(aws_secret_access_key|SecretAccessKey)(["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9+/]{40}/gi,
    `$1$2${hidden}`,
  ],
  [/(^|[\s"'])(--?(?:password|passwd|secret|token)(?:[ =]|["'],\s?["']))[^\s"']{1,500}/gi, `$1$2${hidden}`],
];

export function redact(text: string): string {
  let result = text;
  for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  if (!keyWord.test(result)) return result;
  for (const [pattern, replacement] of keyRules) result = result.replace(pattern, replacement);
  return result;
}

const secretName = /passw|passphrase|[_.-]pass$|secret|token|authorization|cookie|credential|private_?key/i;

/** Redacts every string inside plain data, whole values under keys that name a secret; dates, numbers and bytes stay, cycles end. */
export function redactDeep<T>(value: T): T {
  return walk(value, new WeakSet()) as T;
}

function walk(value: unknown, above: WeakSet<object>): unknown {
  if (typeof value === 'string') return redact(value);
  if (value instanceof Date || ArrayBuffer.isView(value) || value === null || typeof value !== 'object')
    return value;
  if (above.has(value)) return '[cycle]';
  above.add(value);
  const clean = Array.isArray(value)
    ? value.map((inner) => walk(inner, above))
    : Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key,
          typeof inner === 'string' && secretName.test(key) ? hidden : walk(inner, above),
        ]),
      );
  above.delete(value);
  return clean;
}

// No password that anybody would choose, but every email address and Slack's own spelling of one.
const address =
  /^<?(?:mailto:)?[\w.!#$%&'’*+/=?^`{|}~-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.(?:xn--[a-z0-9-]{2,59}|\p{L}{2,24})(?:[|>][^\s]{0,200})?$/iu;

/** A word that somebody may have meant as a password: eight or more characters, with small, capital, digit and mark. */
export function looksLikePassword(word: string): boolean {
  if (address.test(word)) return false;
  const marked = /[!@#$%^&*()+=?~|\\]/.test(word);
  return word.length >= 8 && marked && /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
}
