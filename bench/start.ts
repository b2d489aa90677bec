import { against, ms, quantile } from './figures.ts';
import { pathOf, residentMb, startAccount, startApp } from './processes.ts';
import { startSlackStub } from './slack-stub.ts';
import { time } from './terminal.ts';

const rounds = 9;
const commands = 10_000;
const marks = 4;
const atOnce = 20;
const mix = ['help', 'status', 'logs', 'help logs'];

/** From the process's start to its connection, and its memory then and after many commands. */
export async function benchStart(): Promise<string[]> {
  const slack = await startSlackStub();
  const aws = await startAccount();
  try {
    const imports: number[] = [];
    const starts: number[] = [];
    for (let round = 0; round < rounds; round++) {
      imports.push(
        await time([pathOf('./bare-imports.mjs')], { PATH: process.env.PATH, ...aws.environmentOf('bot') }),
      );
      const app = await startApp(slack, '../dist/main.js', aws.environmentOf('bot'));
      starts.push(app.connectedAfterMs);
      await app.stop();
    }
    const ratio = quantile(starts, 0.5) / quantile(imports, 0.5);

    const app = await startApp(slack, '../dist/main.js', aws.environmentOf('bot'));
    const memory = [residentMb(app.pid)];
    for (let mark = 0; mark < marks; mark++) {
      let left = commands / marks;
      const work = async () => {
        while (left-- > 0) await slack.send(mix[left % mix.length] ?? 'help').whole;
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      memory.push(residentMb(app.pid));
    }
    const [early = Number.NaN, late = Number.NaN] = [memory[1], memory.at(-1)];
    await app.stop();
    return [
      `cold start to connected: ×${ratio.toFixed(2)} of importing Bolt and the same clients ${against(ratio <= 1.15, '× 1.15')}, ${ms(quantile(starts, 0.5))} against ${ms(quantile(imports, 0.5))}`,
      `memory: ${memory.map((mb) => mb.toFixed(0)).join(', ')} MB at rest and after each ${commands / marks} of ${commands} commands, ×${(late / early).toFixed(2)} from the first mark to the last ${against(late / early < 1.15, '× 1.15')}`,
      `  warnings of the process: ${[...new Set(app.complaints().trim().split('\n'))].join('\n    ') || 'none'}`,
    ];
  } finally {
    await aws.close();
    await slack.close();
  }
}
