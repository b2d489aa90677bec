interface Graph {
  nodes: Map<string, number>;
  /** Who leans on whom, directly. */
  edges: Map<string, Set<string>>;
}

/**
 * What `terraform graph` says (DOT, one node a resource) as a Mermaid flowchart of modules: an arrow points
 * from what is built on to what leans on it, and a road that other arrows already show is left out. A root that is
 * one module is opened: its modules, and its resources by AWS service.
 */
export function dependencyDiagram(dot: string): string {
  const whole = read(dot, boxOf);
  const { nodes, edges } = whole.nodes.size > 1 ? whole : read(dot, innerBoxOf);
  const names = [...nodes.keys()].sort();
  const ids = new Map(names.map((name, index) => [name, `n${index}`]));
  const boxes = names.map((name) => {
    const count = nodes.get(name) ?? 0;
    return `  ${ids.get(name)}["${name}<br/><small>${count} ${count === 1 ? 'resource' : 'resources'}</small>"]`;
  });
  const arrows = names.flatMap((name) =>
    [...(edges.get(name) ?? [])]
      .filter((target) => !isShown(edges, name, target))
      .sort()
      .map((target) => `  ${ids.get(target)} --> ${ids.get(name)}`),
  );
  return ['```mermaid', 'flowchart LR', ...boxes, ...arrows, '```'].join('\n');
}

function read(dot: string, boxOf: (address: string) => string | undefined): Graph {
  const nodes = new Map<string, number>();
  const edges = new Map<string, Set<string>>();
  for (const [, address = ''] of dot.matchAll(/^\s*"([^"]+)" \[label=/gm)) {
    const box = boxOf(address);
    if (box !== undefined) nodes.set(box, (nodes.get(box) ?? 0) + 1);
  }
  for (const [, from = '', to = ''] of dot.matchAll(/^\s*"([^"]+)" -> "([^"]+)";/gm)) {
    const [user, used] = [boxOf(from), boxOf(to)];
    if (user === undefined || used === undefined || user === used) continue;
    edges.set(user, (edges.get(user) ?? new Set()).add(used));
  }
  return { nodes, edges };
}

/** The module that a resource is in, or the resource itself where it is the root's own; look-ups are no boxes. */
function boxOf(address: string): string | undefined {
  const [first = '', second = ''] = address.split('.');
  if (/(^|\.)data\./.test(address)) return undefined;
  return first === 'module' ? second.replace(/\[.*$/, '') : `${first}.${second}`;
}

const innerBoxOf = (address: string): string | undefined => {
  const inner = address.replace(/^module\.[^.]+\./, '');
  if (/(^|\.)data\./.test(inner)) return undefined;
  if (inner.startsWith('module.')) return boxOf(inner);
  return inner
    .replace(/^aws_(vpc_)?security_group.*$/, 'security groups')
    .replace(/^aws_([a-z0-9]+)_.*$/, '$1');
};

/** Whether a longer road leads there too. */
function isShown(edges: Graph['edges'], from: string, target: string): boolean {
  const seen = new Set<string>();
  const next = [...(edges.get(from) ?? [])].filter((name) => name !== target);
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (name === target) return true;
    if (seen.has(name) || name === from) continue;
    seen.add(name);
    next.push(...(edges.get(name) ?? []));
  }
  return false;
}
