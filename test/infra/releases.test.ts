import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactBucket as Bucket } from '../../sandbox/aws/s3/s3.ts';
import { type AwsCli, awsClis, serveAwsCli } from '../aws-cli/aws-cli.ts';
import { cleanEnv, cloneTo } from '../packaging/fresh-clone.ts';
import { mustSucceed, runToEnd } from '../run-program.ts';
import { region, startTestAccount, type TestAccount } from '../sandbox/aws/test-account.ts';
import { project, scriptOf } from './workflow-files.ts';

const clone = cloneTo('release', { installed: true });
const temp = mkdtempSync(join(tmpdir(), 'd2-runner-'));
const bin = join(temp, 'bin');
mkdirSync(bin);
afterAll(() => {
  for (const folder of [clone, temp]) rmSync(folder, { recursive: true });
});

// What npm puts beside the workspace, and not into the root's folder.
symlinkSync(join(project, 'backend-api/node_modules'), join(clone, 'backend-api/node_modules'));

const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim();
git('init', '--quiet');
git('add', '--', '.', ':!node_modules', ':!backend-api/node_modules');
git('-c', 'user.name=D2', '-c', 'user.email=d2@example.com', 'commit', '--quiet', '--message', 'As it is');
const commit = git('rev-parse', 'HEAD');

/** Runs a step as GitHub does: its script in bash, in the checkout. Resolves however it ends. */
async function run(script: string, env: Record<string, string> = {}) {
  const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const { PATH, ...rest } = cleanEnv(temp);
  const runner = { ...rest, PATH: `${bin}:${PATH}`, RUNNER_TEMP: temp, GITHUB_SHA: commit, ...files, ...env };
  const ended = await promisify(execFile)(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
    {
      cwd: clone,
      env: runner,
    },
  ).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
  return {
    ...ended,
    outputs: Object.fromEntries(
      readFileSync(files.GITHUB_OUTPUT, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('=')),
    ),
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  };
}

function place(name: string, script: string) {
  writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** The first AWS CLI on the path that knows conditional writes; Debian 12's doesn't. */
async function findCli(): Promise<AwsCli | undefined> {
  for (const path of awsClis) {
    const found = await serveAwsCli(path);
    const args = ['s3api', 'put-object', '--bucket', 'b', '--key', 'k', '--if-none-match', '*'];
    const { status } = await runToEnd(join(found.folder, 'aws'), [...args, '--generate-cli-skeleton'], {
      env: { ...process.env, AWS_DEFAULT_REGION: region, ...found.env },
    });
    if (status === 0) return found;
  }
  return undefined;
}

const cli = await findCli();
if (!cli)
  process.stderr.write(
    'No AWS CLI with conditional writes (2.18 or newer): what the workflows upload is not tried.\n',
  );

describe.skipIf(!cli)('a release', () => {
  let account: TestAccount;
  let s3: S3Client;
  let aws: Record<string, string>;
  beforeAll(async () => {
    account = await startTestAccount();
    s3 = new S3Client({ ...account, region, forcePathStyle: true });
    symlinkSync(join(cli?.folder ?? '', 'aws'), join(bin, 'aws'));
    aws = {
      ...cli?.env,
      AWS_ENDPOINT_URL: account.endpoint,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
      BUCKET: Bucket,
    };
  });
  afterAll(async () => {
    rmSync(join(bin, 'aws'), { force: true });
    s3?.destroy();
    await account?.close();
  });

  const stored = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  it('of the backend is named after its commit, and published with its checksum', async () => {
    const packed = await run(scriptOf('backend-release.yml', 'build', 'Package'));
    mustSucceed(packed);
    const { release = '' } = packed.outputs;
    expect(release).toMatch(new RegExp(`^\\d{14}-${commit.slice(0, 10)}$`));
    const publish = scriptOf('backend-release.yml', 'publish', 'Publish');
    const published = await run(publish, { ...aws, RELEASE: release });
    expect(published).toMatchObject({
      code: 0,
      summary: expect.stringContaining(`Deploy ${release} as backend-api/README.md says`),
    });
    // Whoever sees the tarball finds its checksum.
    const puts = account.account.ledger().filter(({ action }) => action === 'PutObject');
    expect(puts.map(({ targets }) => targets.at(-1))).toEqual([
      expect.stringMatching(/\.tar\.gz\.sha256$/),
      expect.stringMatching(/\.tar\.gz$/),
    ]);
    const tarball = await stored(`backend-api/${release}.tar.gz`);
    expect(tarball.equals(readFileSync(join(temp, `release/backend-api-${release}.tar.gz`)))).toBe(true);
    expect(String(await stored(`backend-api/${release}.tar.gz.sha256`))).toContain(
      `backend-api-${release}.tar.gz`,
    );

    // Run again with other bytes under the name: what was published stays.
    writeFileSync(join(temp, `release/backend-api-${release}.tar.gz.sha256`), '');
    const changed = join(temp, `release/backend-api-${release}.tar.gz`);
    writeFileSync(changed, 'something else');
    const sum = execFileSync('sha256sum', [`backend-api-${release}.tar.gz`], { cwd: join(temp, 'release') });
    writeFileSync(`${changed}.sha256`, sum);
    const again = await run(publish, { ...aws, RELEASE: release });
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is there already and stays as it is'),
    });
    expect((await stored(`backend-api/${release}.tar.gz`)).equals(tarball)).toBe(true);

    // Bytes that are not what the checksum says go nowhere.
    writeFileSync(changed, 'damaged');
    expect(await run(publish, { ...aws, RELEASE: release })).toMatchObject({ code: 1, summary: '' });
  });

  it('of the Terraform holds the roots and their modules, under its commit', async () => {
    mustSucceed(await run(scriptOf('infra-release.yml', 'publish', 'Package')));
    expect(await run(scriptOf('infra-release.yml', 'publish', 'Publish'), aws)).toMatchObject({
      code: 0,
      stderr: '',
    });
    // A zip ends with the plain names of what it holds.
    const names = (await stored(`infra/${commit}.zip`)).toString('latin1');
    for (const name of ['envs/bootstrap/main.tf', 'modules/release/main.tf'])
      expect(names).toContain(`infra/terraform/${name}`);
    for (const name of ['terraform.tfstate', '.terraform/', 'src/main.ts']) expect(names).not.toContain(name);
  });

  it('fails, and says why, where nothing can be put', async () => {
    const elsewhere = { ...aws, AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' };
    const ended = await run(scriptOf('infra-release.yml', 'publish', 'Publish'), elsewhere);
    expect(ended).toMatchObject({
      code: 1,
      summary: '',
      stderr: expect.stringContaining('Could not connect'),
    });
  });
});

describe("the bot's image", () => {
  const push = scriptOf('bot-image.yml', 'image', 'Push');
  const env = {
    IMAGE: `d2-chatops:${commit}`,
    REPOSITORY: 'd2-chatops',
    REGISTRY: '000011112222.dkr.ecr.ap-southeast-1.amazonaws.com',
  };
  const image = `${env.REGISTRY}/d2-chatops:${commit}`;
  const calls = join(temp, 'calls');
  /** Docker and ECR aren't at hand: programs in their place write down how they were called, and answer this of the image. */
  async function pushWhere(answer: string) {
    writeFileSync(calls, '');
    place('docker', `[ "$1" = login ] && cat >/dev/null; echo "docker $*" >>${calls}`);
    place(
      'aws',
      `case $2 in get-login-password) echo password ;; describe-images) ${answer} ;; *) exit 2 ;; esac`,
    );
    const ended = await run(push, env);
    for (const name of ['docker', 'aws']) rmSync(join(bin, name));
    return { ...ended, calls: readFileSync(calls, 'utf8').split('\n').filter(Boolean) };
  }

  it('is pushed under its commit, and the summary says how to run it', async () => {
    const ended = await pushWhere('echo "An error occurred (ImageNotFoundException)" >&2; exit 254');
    expect(ended).toMatchObject({
      code: 0,
      summary: expect.stringContaining(`set \`image_tag = "${commit}"\``),
    });
    expect(ended.calls).toEqual([
      `docker login --username AWS --password-stdin ${env.REGISTRY}`,
      `docker tag d2-chatops:${commit} ${image}`,
      `docker push ${image}`,
      `docker logout ${env.REGISTRY}`,
    ]);
  });

  it('is left as it is where it was pushed before', async () => {
    expect(await pushWhere('echo {}')).toMatchObject({
      code: 0,
      calls: [],
      stdout: expect.stringContaining('stays as it is'),
    });
  });

  it('is not pushed where ECR says anything else', async () => {
    const ended = await pushWhere('echo "An error occurred (AccessDeniedException)" >&2; exit 254');
    expect(ended).toMatchObject({
      code: 1,
      calls: [],
      stderr: expect.stringContaining('AccessDeniedException'),
      summary: '',
    });
  });

  it('is tried by what its own program says', async () => {
    const tried = scriptOf('bot-image.yml', 'image', 'Try');
    place('docker', 'echo 0.0.9');
    expect(await run(tried, env)).toMatchObject({ code: 1 });
    place('docker', `echo ${JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')).version}`);
    mustSucceed(await run(tried, env));
    rmSync(join(bin, 'docker'));
    expect(existsSync(join(clone, 'src/cli.ts'))).toBe(true);
  });
});
