import type { AwsCall } from './aws-account.ts';
import { type Chain, longestChain } from './chain.ts';
import { against, ms, quantile } from './figures.ts';
import { startAccount, startApp } from './processes.ts';
import { startSlackStub } from './slack-stub.ts';

const callMs = 50;
const ssmMs = 800;
const rounds = 15;

/** From typing to the first and to the whole answer, beside what AWS alone makes one wait for. */
export async function benchAnswers(): Promise<string[]> {
  const slack = await startSlackStub();
  const aws = await startAccount({ callMs, ssmMs });
  const app = await startApp(slack, '../dist/main.js', aws.environmentOf('bot'));
  try {
    const lines = [`answers in Slack, every AWS call ${callMs} ms, what runs on an instance ${ssmMs} ms`];
    for (const text of ['status', 'logs', 'help']) {
      const runs = [];
      for (let round = 0; round < rounds + 3; round++) {
        await aws.takeCalls();
        const began = performance.timeOrigin + performance.now();
        const sent = slack.send(text);
        const first = await sent.first;
        const whole = await sent.whole;
        const calls = await aws.takeCalls();
        if (round >= 3) runs.push({ first: seen(began, first, calls), whole: seen(began, whole, calls) });
      }
      const first = middle(runs.map((run) => run.first));
      const whole = middle(runs.map((run) => run.whole));
      const bar = text === 'status' ? ` ${against(first.own <= 30, '30 ms over its chain')}` : '';
      lines.push(`  ${text}: first ${say(first)}${bar}; whole ${say(whole)}`);
    }
    return lines;
  } finally {
    await app.stop();
    await aws.close();
    await slack.close();
  }
}

interface Seen {
  ms: number;
  /** What it took over its chain. */
  own: number;
  chain: Chain;
}

function seen(began: number, at: number, calls: readonly AwsCall[]): Seen {
  const chain = longestChain(calls.filter(({ from, to }) => from >= began && to <= began + at));
  return { ms: at, own: at - chain.ms, chain };
}

function middle(all: readonly Seen[]): Seen {
  const own = quantile(
    all.map((one) => one.own),
    0.5,
  );
  return all.find((one) => one.own === own) ?? { ms: Number.NaN, own, chain: { calls: 0, ms: 0 } };
}

const say = ({ ms: took, own, chain }: Seen): string =>
  `${ms(took)} (chain of ${chain.calls}: ${ms(chain.ms)}; over it ${ms(own)})`;
