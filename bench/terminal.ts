import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { longestChain } from './chain.ts';
import { against, ms, quantile } from './figures.ts';
import { pathOf, startAccount } from './processes.ts';

const rounds = 11;

/** `d2` as a process, from Enter to its end, beside a Node that does nothing and beside what AWS alone takes. */
export async function benchTerminal(): Promise<string[]> {
  const aws = await startAccount({ callMs: 50, ssmMs: 800 });
  try {
    const env = { PATH: process.env.PATH, ...aws.environmentOf('omar') };
    const nothing: number[] = [];
    const help: number[] = [];
    const own: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const empty = await time(['-e', '0'], env);
      const helped = await time([pathOf('../bin/d2.cjs'), 'help'], env);
      await aws.takeCalls();
      const looked = await time([pathOf('../bin/d2.cjs'), 'status'], env);
      const chain = longestChain(await aws.takeCalls());
      // The first round fills caches.
      if (round === 0) continue;
      nothing.push(empty);
      help.push(helped);
      own.push(looked - chain.ms);
    }
    const ratio = quantile(help, 0.5) / quantile(nothing, 0.5);
    return [
      'the terminal',
      `  d2 help: ×${ratio.toFixed(1)} of node -e 0 ${against(ratio <= 5, '× 5')}, ${ms(quantile(help, 0.5))} against ${ms(quantile(nothing, 0.5))}`,
      `  d2 status: ${ms(quantile(own, 0.5))} over the chain of its AWS calls ${against(quantile(own, 0.5) < 400, '400 ms')}`,
    ];
  } finally {
    await aws.close();
  }
}

export async function time(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  // A command that is refused says why on stdout.
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}:\n${said}`);
  return performance.now() - began;
}
