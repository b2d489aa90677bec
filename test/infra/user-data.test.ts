import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mustSucceed, silent } from '../run-program.ts';
import { hasShellcheck, shellcheck } from '../shellcheck.ts';
import { canRun, createMachine, type Machine, userData } from './machine.ts';

function start(values: Parameters<typeof createMachine>[0] = {}): Machine {
  const machine = createMachine(values);
  onTestFinished(() => machine.close());
  return machine;
}

const installs = (asked: readonly string[]) =>
  asked.filter((call) => /\binstall\b|restart|reload/.test(call));

describe('the script', () => {
  it.runIf(hasShellcheck)(
    'has nothing that shellcheck minds, and switches none of its rules off',
    async () => {
      const text = readFileSync(userData, 'utf8');
      expect(text).not.toContain('shellcheck disable');
      for (const script of [text, start().script]) expect(await shellcheck(script)).toEqual(silent);
    },
  );

  it('leaves room for its settings in the 16 KB that EC2 takes', () => {
    expect(readFileSync(userData).length).toBeLessThan(15 * 1024);
  });
});

describe.skipIf(!canRun)('the first boot', () => {
  it('installs what the guide verifies, upgrades the SSM agent, and ends well', async () => {
    const machine = start();
    const { code, said, asked } = await machine.boot();
    expect({ code, end: said.split('\n').at(-2) }).toEqual({ code: 0, end: 'd2 user_data: done' });
    expect(asked.filter((call) => /install/.test(call))).toEqual([
      'dnf install -y -q https://s3.ap-southeast-1.amazonaws.com/amazon-ssm-ap-southeast-1/latest/linux_amd64/amazon-ssm-agent.rpm',
      'dnf install -y -q awscli-2 mariadb105 jq nmap-ncat bind-utils telnet net-tools lsof htop tar gzip logrotate amazon-cloudwatch-agent',
      'dnf install -y -q nodejs20 nodejs20-npm',
      `npm install --global --prefix ${machine.root}/usr/local --no-audit --no-fund pm2@7.0.4`,
    ]);
    expect(asked).toEqual(
      expect.arrayContaining([
        'systemctl restart amazon-ssm-agent',
        'systemctl enable --now amazon-ssm-agent',
        'systemctl enable amazon-cloudwatch-agent',
        'systemctl enable --now pm2-root',
      ]),
    );
    expect(said).toContain('node v20.20.2, npm 10.8.2');
    // The guide greps for it.
    expect(said).not.toMatch(/error/i);
  });

  it('changes nothing when it runs again', async () => {
    const machine = start();
    await machine.boot();
    const before = machine.tree();
    const { code, asked } = await machine.bootAgain();
    expect({ code, installs: installs(asked), tree: machine.tree() }).toEqual({
      code: 0,
      installs: [],
      tree: before,
    });
    mustSucceed(await machine.boot());
    expect(machine.tree()).toEqual(before);
  });

  it('leaves an SSM agent alone that is new enough', async () => {
    const machine = start();
    machine.write('packages/amazon-ssm-agent', '3.3.2746.0');
    expect(installs((await machine.boot()).asked).join()).not.toContain('ssm-agent');
  });

  it('makes the wanted Node the one in use, beside another one', async () => {
    const machine = start({ NODE_MAJOR: '22' });
    machine.bringStandIn('node');
    machine.write('versions/node-major', '18');
    const { code, asked, said } = await machine.boot();
    expect({ code, asked }).toMatchObject({
      code: 0,
      asked: expect.arrayContaining(['alternatives --set node /usr/bin/node-22']),
    });
    expect(said).toContain('node v22.');
  });

  it('takes Node into use where its packages do not', async () => {
    const machine = start();
    machine.write('unregistered', '');
    const { code, asked } = await machine.boot();
    expect({ code, asked }).toMatchObject({
      code: 0,
      asked: expect.arrayContaining(['alternatives --install /usr/bin/npm npm /usr/bin/npm-20 100']),
    });
  });

  it('waits for a road out of its network', async () => {
    const machine = start();
    for (const command of ['dnf', 'npm install']) machine.break(command, 2);
    const { code, said } = await machine.boot();
    expect({ code, waits: said.match(/failed, again in 0 s: \w+/g) }).toEqual({
      code: 0,
      waits: Array(2).fill('failed, again in 0 s: dnf').concat(Array(2).fill('failed, again in 0 s: npm')),
    });
  });

  it('gives a bastion the clients and the agents alone', async () => {
    const machine = start({ SERVICE: 'bastion', APPLICATION: 'no' });
    const { asked } = mustSucceed(await machine.boot());
    expect(asked.join()).toContain('mariadb105');
    expect(asked.join()).not.toMatch(/node|npm|pm2/);
    expect(Object.keys(machine.tree())).toEqual([
      'etc/d2/cloudwatch-agent.json',
      'etc/my.cnf.d/d2.cnf',
      'var/lib/cloud/scripts/per-boot/d2-user-data',
    ]);
    // As MariaDB's own client reads it.
    expect(machine.read('etc/my.cnf.d/d2.cnf')).toBe('[client]\nssl\n');
  });
});

describe.skipIf(!canRun)('what it writes', () => {
  it('is the unit that `pm2 startup systemd` would write', async () => {
    const machine = start();
    await machine.boot();
    const templates = '../lib/templates/init-scripts/systemd.tpl';
    const pm2 = createRequire(import.meta.url).resolve('pm2/bin/pm2');
    const lines = readFileSync(join(dirname(pm2), templates), 'utf8')
      .replaceAll('%USER%', 'root')
      .replaceAll('%HOME_PATH%', `${machine.root}/root/.pm2`)
      .replaceAll('%PM2_PATH%', `${machine.root}/usr/local/bin/pm2`)
      .split('\n')
      .filter((line) => !line.startsWith('Environment=PATH='));
    const unit = machine.read('etc/systemd/system/pm2-root.service').split('\n');
    expect(unit).toEqual(expect.arrayContaining(lines));
    // Without it PM2 greets, and tells its makers of the installation.
    expect(machine.has('root/.pm2/touch')).toBe(true);
    // `sudo` and root's own shell find it too.
    expect(machine.tree()['usr/bin/pm2']).toBe(`-> ${machine.root}/usr/local/bin/pm2`);
  });

  it("sends PM2's and cloud-init's logs to streams that `logs` can tell apart", async () => {
    const machine = start();
    await machine.boot();
    const { logs, metrics, agent } = JSON.parse(machine.readFile('agent.json'));
    const files: Record<string, string>[] = logs.logs_collected.files.collect_list;
    expect(new Set(files.map((file) => file.log_group_name))).toEqual(
      new Set(['/aws/ec2/dev-d2-ride-booking-backend']),
    );
    expect(Object.fromEntries(files.map((file) => [file.file_path, file.log_stream_name]))).toEqual({
      '/var/log/cloud-init-output.log': '{instance_id}/cloud-init-output',
      '/var/log/cloud-init.log': '{instance_id}/cloud-init',
      '/root/.pm2/logs/backend-api-out.log': '{instance_id}/root/backend-api-out',
      '/root/.pm2/logs/backend-api-error.log': '{instance_id}/root/backend-api-error',
      '/root/.pm2/pm2.log': '{instance_id}/root/pm2',
      '/home/ec2-user/.pm2/logs/backend-api-out.log': '{instance_id}/ec2-user/backend-api-out',
      '/home/ec2-user/.pm2/logs/backend-api-error.log': '{instance_id}/ec2-user/backend-api-error',
      '/home/ec2-user/.pm2/pm2.log': '{instance_id}/ec2-user/pm2',
    });
    expect({ metrics, agent }).toEqual({ metrics: undefined, agent: { run_as_user: 'root' } });
  });

  it('publishes memory and disk where that is asked for', async () => {
    const machine = start({ METRICS: 'yes' });
    await machine.boot();
    expect(JSON.parse(machine.readFile('agent.json')).metrics).toMatchObject({
      append_dimensions: { InstanceId: `$${'{aws:InstanceId}'}` },
      metrics_collected: { mem: {}, disk: { resources: ['/'] } },
    });
  });
});

/** The step that the script says it failed in, its own line there, and what to do next. */
function complaint(machine: Machine, said: string) {
  const [, step, line] =
    said.match(/^d2 user_data: ERROR in step (\w+), line (\d+) \(exit code \d+\)$/m) ?? [];
  const [, next] = said.match(/^d2 user_data: Next step: (.*)$/m) ?? [];
  return { step, line: machine.script.split('\n')[Number(line) - 1]?.trim(), next };
}

describe.skipIf(!canRun)('a step that fails', () => {
  const cases: Record<
    string,
    {
      values?: Parameters<typeof createMachine>[0];
      spoil(machine: Machine): void;
      step: string;
      line: string;
      next: RegExp;
      says?: string;
    }
  > = {
    'no road to the region': {
      spoil: (machine) => machine.break('dnf'),
      step: 'install_ssm_agent',
      line: 'retry dnf install -y -q \\',
      next: /NAT gateway/,
      says: 'failed 3 times: dnf install',
    },
    'an SSM agent that stays too old': {
      spoil: (machine) => machine.write('versions/amazon-ssm-agent-newest', '3.3.2299.0'),
      step: 'install_ssm_agent',
      line: 'die "the SSM agent is $version, and the bot\'s documents need $SSM_AGENT_VERSION"',
      next: /agent's package/,
      says: 'the SSM agent is 3.3.2299.0',
    },
    'packages that are nowhere': {
      spoil(machine) {
        machine.write('packages/amazon-ssm-agent', '3.3.2746.0');
        machine.break('dnf');
      },
      step: 'install_packages',
      line: 'install_all awscli-2 mariadb105 jq nmap-ncat bind-utils telnet net-tools lsof htop \\',
      next: /what dnf says/,
      says: 'failed 3 times: dnf install -y -q awscli-2',
    },
    'a CloudWatch agent that does not answer': {
      spoil: (machine) => machine.break('amazon-cloudwatch-agent-ctl -a'),
      step: 'start_cloudwatch_agent',
      line: 'status="$(amazon-cloudwatch-agent-ctl -a status | jq -r .status)"',
      next: /amazon-cloudwatch-agent\/logs/,
    },
    'a systemd that refuses': {
      spoil: (machine) => machine.break('systemctl daemon-reload'),
      step: 'enable_pm2',
      line: 'if [[ $changed == yes ]]; then systemctl daemon-reload; fi',
      next: /systemctl status pm2-root/,
    },
    'a CloudWatch agent that refuses its configuration': {
      spoil: (machine) => machine.break('amazon-cloudwatch-agent-ctl -a fetch-config'),
      step: 'start_cloudwatch_agent',
      line: 'amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "file:$file"',
      next: /amazon-cloudwatch-agent\/logs/,
    },
    'an npm that is too old': {
      spoil: (machine) => machine.write('versions/npm', '9.9.4\n'),
      step: 'install_node',
      line: 'at_least "$(npm --version)" 10 || die "npm is $(npm --version), older than 10"',
      next: /alternatives/,
      says: 'npm is 9.9.4, older than 10',
    },
    'no npm registry': {
      spoil: (machine) => machine.break('npm install'),
      step: 'install_pm2',
      line: 'retry npm install --global --prefix "$root/usr/local" --no-audit --no-fund "pm2@$PM2_VERSION"',
      next: /registry.npmjs.org/,
    },
  };

  it.each(Object.entries(cases))(
    '%s: says which, in which line, and what to do',
    async (_, { values, spoil, says = '', ...wanted }) => {
      const machine = start(values);
      spoil(machine);
      const { code, said } = await machine.boot();
      expect(code).not.toBe(0);
      expect(complaint(machine, said)).toEqual({ ...wanted, next: expect.stringMatching(wanted.next) });
      expect(said).toContain(says);
      expect(said.match(/ERROR/g)).toHaveLength(1);
      expect(said).not.toContain('d2 user_data: done');
    },
  );
});
