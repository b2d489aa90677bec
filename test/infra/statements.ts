/** A policy document, as Terraform renders it. */
interface Document {
  Statement: Statement[];
}

interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Question {
  action: string;
  /** Not asked of a trust policy, whose resource is its own role. */
  resource?: string;
  /** Condition keys that the request has; what isn't here is absent. */
  context?: Record<string, string>;
}

const many = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

const like = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    's',
  ).test(text);

/** AWS's condition operators, the few that are used here; a value that the request lacks meets none but Null. */
const operators: Record<string, (given: string | undefined, wanted: string) => boolean> = {
  StringEquals: (given, wanted) => given === wanted,
  ArnEquals: (given, wanted) => given !== undefined && like(wanted, given),
  Bool: (given, wanted) => given === wanted,
  NumericLessThan: (given, wanted) => given !== undefined && Number(given) < Number(wanted),
  Null: (given, wanted) => String(given === undefined) === wanted,
};

function meets({ Condition = {} }: Statement, context: Record<string, string>): boolean {
  return Object.entries(Condition).every(([operator, keys]) => {
    const holds = operators[operator];
    if (!holds) throw new Error(`${operator} is not among the operators that this test knows`);
    return Object.entries(keys).every(([key, wanted]) =>
      many(wanted).some((one) => holds(context[key], one)),
    );
  });
}

/** What a document alone says to a request: an explicit deny goes before every allow; undefined where it says nothing. */
export function answerOf(
  json: unknown,
  { action, resource, context = {} }: Question,
): 'Allow' | 'Deny' | undefined {
  const { Statement: statements }: Document = JSON.parse(String(json));
  const effects = statements
    .filter(({ Action }) => many(Action).some((pattern) => like(pattern, action)))
    .filter(
      ({ Resource }) =>
        Resource === undefined ||
        resource === undefined ||
        many(Resource).some((pattern) => like(pattern, resource)),
    )
    .filter((statement) => meets(statement, context))
    .map(({ Effect }) => Effect);
  return effects.includes('Deny') ? 'Deny' : effects[0];
}
