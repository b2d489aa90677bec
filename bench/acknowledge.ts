import { setTimeout as delay } from 'node:timers/promises';
import { against, ms, quantile } from './figures.ts';
import { startAccount, startApp } from './processes.ts';
import { type Sent, type SlackStub, startSlackStub } from './slack-stub.ts';

const perSecond = 20;
const seconds = 60;
const atOnce = 100;
const bursts = 5;
const mix = ['help', 'status', 'logs'];

interface Load {
  acks: number[];
  /** The worst acknowledgement of each burst. */
  worst: number[];
  answers: number[];
  answersInBursts: number[];
}

/** Acknowledgement under load, against a bare Bolt app that only acknowledges: one generator, apart from both, in one run. */
export async function benchAcknowledgement(): Promise<string[]> {
  const slack = await startSlackStub();
  const aws = await startAccount();
  try {
    const bareApp = await startApp(slack, './bare-bolt.mjs');
    const bare = await measure(slack, false);
    await bareApp.stop();
    const botApp = await startApp(slack, '../dist/main.js', aws.environmentOf('bot'));
    const bot = await measure(slack, true);
    await botApp.stop();
    const [bareP99, botP99] = [quantile(bare.acks, 0.99), quantile(bot.acks, 0.99)];
    const [bareWorst, botWorst] = [quantile(bare.worst, 0.5), quantile(bot.worst, 0.5)];
    return [
      `acknowledgement, ${mix.join(', ')} mixed, sandbox AWS, against a bare Bolt app`,
      `  ${perSecond} a second for ${seconds} s: p99 ${ms(botP99)}, bare ${ms(bareP99)} ${against(botP99 <= 1.5 * bareP99 + 5, '1.5 × bare + 5 ms')}; answered p50 ${ms(quantile(bot.answers, 0.5))}, p99 ${ms(quantile(bot.answers, 0.99))}`,
      `  ${atOnce} at once: worst ${ms(botWorst)}, bare ${ms(bareWorst)}: ×${(botWorst / bareWorst).toFixed(1)} ${against(botWorst <= 4 * bareWorst, '× 4')}; answered p50 ${ms(quantile(bot.answersInBursts, 0.5))}, last ${ms(quantile(bot.answersInBursts, 1))}`,
    ];
  } finally {
    await aws.close();
    await slack.close();
  }
}

async function measure(slack: SlackStub, answers: boolean): Promise<Load> {
  const send = (count: number) => slack.send(mix[count % mix.length] ?? 'help');
  const wait = async (all: readonly Sent[], what: 'acked' | 'whole') =>
    Promise.all(all.map((sent) => sent[what]));
  // Warm, as a bot is that has run for a while.
  for (let count = 0; count < 60; count++) await send(count)[answers ? 'whole' : 'acked'];

  const arrivals: Sent[] = [];
  const began = performance.now();
  for (let count = 0; count < perSecond * seconds; count++) {
    await delay(Math.max(0, began + (count * 1_000) / perSecond - performance.now()));
    arrivals.push(send(count));
  }
  const acks = await wait(arrivals, 'acked');
  const load: Load = {
    acks,
    answers: answers ? await wait(arrivals, 'whole') : [],
    worst: [],
    answersInBursts: [],
  };
  for (let round = 0; round < bursts; round++) {
    const burst = Array.from({ length: atOnce }, (_, count) => send(count));
    load.worst.push(Math.max(...(await wait(burst, 'acked'))));
    if (answers) load.answersInBursts.push(...(await wait(burst, 'whole')));
    await delay(200);
  }
  return load;
}
