type Version = readonly number[];

const parse = (text: string): Version => text.split('.').map(Number);

function compare(a: Version, b: Version): number {
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version meets Terraform's constraints, such as ">= 5.0, < 7.0" or "~> 6.4". */
export function meets(version: string, constraints: string): boolean {
  const own = parse(version);
  return constraints.split(',').every((one) => {
    const [, sign = '=', text] = /^(~>|>=|<=|!=|=|>|<)?\s*v?([\d.]+)/.exec(one.trim()) ?? [];
    if (text === undefined) return true;
    const other = parse(text);
    const order = compare(own, other);
    switch (sign) {
      case '~>':
        // All but the last number stay.
        return order >= 0 && other.slice(0, -1).every((number, index) => number === own[index]);
      case '>=':
        return order >= 0;
      case '<=':
        return order <= 0;
      case '>':
        return order > 0;
      case '<':
        return order < 0;
      case '!=':
        return order !== 0;
      default:
        return order === 0;
    }
  });
}
