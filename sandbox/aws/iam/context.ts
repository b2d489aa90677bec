/** The condition keys of a request; several values make a multivalued key. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** A key's value; keys know no case. */
export function contextValue(context: Context, key: string): string | readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.keys(context).find((one) => one.toLowerCase() === wanted);
  return found === undefined ? undefined : context[found];
}

const variable = /\$\{([^}]*)\}/g;
/**
 * The text with its policy variables put in: `${aws:PrincipalTag/team}`, `${aws:username, 'nobody'}`. Undefined when
 * one has no value: then the text stands for nothing. Throws where AWS does not say what comes of it.
 */
export function substitute(text: string, context: Context): string | undefined {
  let missing = false;
  const result = text.replace(variable, (_, inner: string) => {
    if (/^[*?$]$/.test(inner)) throw new Error(`The literal \${${inner}} of ${text} is not known here.`);
    const [, key = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inner) ?? [];
    if (key === '') throw new Error(`The variable \${${inner}} of ${text} is not understood.`);
    const value = contextValue(context, key) ?? fallback;
    if (value === undefined) {
      missing = true;
      return '';
    }
    if (typeof value !== 'string') throw new Error(`${key} has several values: it can't be a variable.`);
    if (/[*?]/.test(value)) throw new Error(`The value of ${key} holds a wildcard: ${value}.`);
    return value;
  });
  return missing ? undefined : result;
}
