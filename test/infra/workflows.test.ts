import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../packaging/image.ts';
import { run, runToEnd, silent } from '../run-program.ts';
import { hasShellcheck, shellcheck } from '../shellcheck.ts';
import { type Job, project, scripts, workflows } from './workflow-files.ts';

const read = (path: string) => readFileSync(join(project, path), 'utf8');
const files = (await run('git', ['ls-files', '-co', '--exclude-standard'], { cwd: project })).split('\n');
const jobs = workflows.flatMap((workflow) =>
  Object.entries(workflow.jobs).map(([id, job]): [string, Job] => [`${workflow.file} ${id}`, job]),
);
/** GitHub's path filters, the two kinds that are used: a file, or all below a folder. */
const isUnder = (path: string, pattern: string) =>
  pattern.endsWith('/**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern;
const asksForToken = (job: Job) => job.permissions?.['id-token'] === 'write';
const named = (file: string) => {
  const found = workflows.find((one) => one.file === file);
  if (!found) throw new Error(`there is no workflow ${file}`);
  return found;
};

describe.each(workflows)('$file', ({ file, text, name, on, permissions, concurrency }) => {
  it('is called as its file', () => {
    expect(`${name}.yml`).toBe(file);
  });

  it('uses actions by commit, with the version beside it', () => {
    const uses = text.match(/uses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const one of uses)
      expect(one).toMatch(/^uses: (actions|aws-actions|hashicorp)\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may by itself read the code at most', () => {
    expect([{}, { contents: 'read' }]).toContainEqual(permissions);
  });

  it('knows no secret, and puts nothing from outside into a script', () => {
    expect(text).not.toMatch(/secrets\s*[.[]/);
    for (const [, script] of scripts.filter(([where]) => where.startsWith(file)))
      expect(script).not.toContain('${{');
  });

  it('runs for main or by hand, and for pull requests only where they are harmless', () => {
    expect(
      Object.keys(on).filter((event) => !['push', 'pull_request', 'workflow_dispatch'].includes(event)),
    ).toEqual([]);
    expect(on.push?.branches).toEqual(['main']);
    if (!('pull_request' in on)) return;
    expect(text).not.toContain('id-token');
    expect(text).not.toContain('aws-actions/');
  });

  it('runs once at a time, and what releases is never cut off', () => {
    expect(concurrency.group).not.toBe('');
    if (text.includes('id-token')) expect(concurrency['cancel-in-progress']).toBe(false);
  });

  it('watches files that exist', () => {
    for (const pattern of on.push?.paths ?? [])
      expect(
        files.filter((one) => isUnder(one, pattern)),
        pattern,
      ).not.toEqual([]);
  });
});

describe.each(jobs)('%s', (_, job) => {
  it('asks for a token of AWS exactly where it speaks to AWS, and for nothing else', () => {
    const speaks = job.steps.some(({ uses }) => uses?.startsWith('aws-actions/'));
    expect(asksForToken(job)).toBe(speaks);
    const { contents, 'id-token': _token, ...others } = job.permissions ?? { contents: 'read' };
    expect({ contents, others }).toEqual({ contents: 'read', others: {} });
  });

  it('keeps what npm installs away from tokens', () => {
    const runsForeignCode = job.steps.some(({ run }) => /\b(npm|npx)\b|\.ci\/run/.test(run ?? ''));
    expect(runsForeignCode && asksForToken(job)).toBe(false);
  });

  it('releases from main alone, leaves no token of GitHub in the checkout, and ends in time', () => {
    if (asksForToken(job) && !job.needs) expect(job.if).toContain("github.ref == 'refs/heads/main'");
    for (const { with: given } of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')))
      expect(given['persist-credentials']).toBe(false);
    expect(job['timeout-minutes']).toBeLessThanOrEqual(40);
  });
});

describe('the workflows', () => {
  it('use one version of an action', () => {
    const uses = new Set(workflows.flatMap(({ text }) => text.match(/uses: .*/g) ?? []));
    const actions = [...uses].map((one) => one.split('@')[0]);
    expect(actions).toEqual([...new Set(actions)]);
  });

  it.each(scripts)('%s is bash that bash understands', async (_, script) => {
    expect(await runToEnd('bash', ['-n'], { input: script })).toEqual(silent);
  });

  it('name files and npm scripts that exist', () => {
    for (const [where, script] of scripts) {
      for (const [path] of script.matchAll(/(?<=^|\s)(\.ci|\.github|infra)\/[\w./-]*\w/g))
        expect(existsSync(join(project, path)), `${where}: ${path}`).toBe(true);
      for (const [, name = '', workspace = ''] of script.matchAll(/npm run ([\w-]+) --workspace ([\w-]+)/g))
        expect(Object.keys(JSON.parse(read(`${workspace}/package.json`)).scripts), where).toContain(name);
    }
  });

  it('build anew whatever goes into what they build', () => {
    const image = named('bot-image.yml').on.push?.paths ?? [];
    const copied = stepsOf(read('Dockerfile'))
      .filter(({ instruction, rest }) => instruction === 'COPY' && !rest.startsWith('--from'))
      .flatMap(({ rest }) => rest.split(' ').slice(0, -1));
    expect(copied.filter((path) => !image.some((one) => isUnder(path, one) || one === `${path}/**`))).toEqual(
      [],
    );
    const backend = named('backend-release.yml').on.push?.paths ?? [];
    expect(backend).toEqual(
      expect.arrayContaining(['backend-api/**', 'package.json', 'package-lock.json', '.npmrc']),
    );
  });

  it('check with the oldest Node that is supported, and with the one of the image; build with the one on the instances', () => {
    const image = /^FROM node:(\d+)/m.exec(read('Dockerfile'))?.[1];
    const oldest = /\d+/.exec(JSON.parse(read('package.json')).engines.node)?.[0];
    const { checks } = named('checks.yml').jobs;
    expect(checks?.strategy?.matrix.node?.map(String)).toEqual([oldest, image]);
    const setup = named('backend-release.yml').jobs.build?.steps.find(({ uses }) =>
      uses?.startsWith('actions/setup-node@'),
    );
    expect(read('infra/terraform/modules/user-data/variables.tf')).toMatch(
      new RegExp(`"node_major" \\{[^}]*default\\s+= ${setup?.with['node-version']}\\n`),
    );
  });

  it('ask for variables that the outputs of bootstrap fill, and name what Terraform names', () => {
    const outputs = read('infra/terraform/envs/bootstrap/outputs.tf');
    const asked = new Set(
      workflows.flatMap(({ text }) => [...text.matchAll(/vars\.(\w+)/g)].map(([, name = '']) => name)),
    );
    asked.delete('D2_REGION'); // has a default: the region of every environment
    for (const name of asked) expect(outputs).toContain(name);
    for (const [, region] of workflows.flatMap(({ text }) => [
      ...text.matchAll(/vars\.D2_REGION \|\| '([\w-]+)'/g),
    ]))
      expect(read('infra/terraform/envs/bootstrap/versions.tf')).toContain(`"${region}"`);
    // What the summaries tell a person to give.
    const chatops = read('infra/terraform/envs/chatops/variables.tf');
    for (const [, name] of scripts.flatMap(([, script]) => [...script.matchAll(/apply -var (\w+)=/g)]))
      expect(chatops).toContain(`variable "${name}"`);
    const push = named('bot-image.yml').jobs.image?.steps.find(({ name }) => name === 'Push');
    expect(read('infra/terraform/modules/release/variables.tf')).toMatch(
      new RegExp(`"image_repository" \\{[^}]*default\\s+= "${push?.env.REPOSITORY}"`),
    );
  });
});

describe.skipIf(!hasShellcheck)('shellcheck', () => {
  it.each(scripts)('has nothing to say to %s', async (_, script) => {
    expect(await shellcheck(script, '--shell=bash')).toEqual(silent);
  });

  it('has nothing to say to the scripts beside them', async () => {
    expect(await shellcheck(read('.github/scripts/put-once'))).toEqual(silent);
  });
});
