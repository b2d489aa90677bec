interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

/** The value of a tag; an empty string where there is none. */
export function tagOf(tags: readonly Tag[] | undefined, key: string): string {
  return tags?.find((tag) => tag.Key === key)?.Value ?? '';
}

export function belongsTo(tags: readonly Tag[] | undefined, project: string, env: string): boolean {
  return tagOf(tags, 'Project') === project && tagOf(tags, 'Environment') === env;
}

/** EC2's filters for what carries the project's and the environment's tag. */
export function tagFilters(project: string, env: string): { Name: string; Values: string[] }[] {
  return [
    { Name: 'tag:Project', Values: [project] },
    { Name: 'tag:Environment', Values: [env] },
  ];
}

/** Whether a name is the environment's own by one of its prefixes: `d2-ride-booking-dev-alb`, but not `d2-ride-booking-dev2`. */
export function isNamedFor(name: string, prefixes: readonly string[]): boolean {
  return prefixes.some(
    (prefix) => name === prefix || name.startsWith(prefix.endsWith('-') ? prefix : `${prefix}-`),
  );
}
