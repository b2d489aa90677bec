import { expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { UserError } from '../../src/core/reply/errors.ts';
import type { Environment } from '../../src/platform/environment.ts';
import { createBotProcess } from '../core/bot.ts';
import { screen, type World } from './world.ts';

/** Runs a change and answers what status says of it. */
async function lastAfter(
  line: string,
  prepare: (world: World) => void = () => undefined,
  wrap?: (environment: Environment) => Environment,
): Promise<string> {
  const stage = createBotProcess();
  prepare(stage.world);
  const bot = stage.createBot(wrap && { wrap });
  const asked = (await bot.say(line)).last();
  if (asked.state === 'waiting') await bot.press(asked.id, 'confirm');
  const lines = screen((await bot.say('status')).last().reply).split('\n');
  return lines.find((one) => one.startsWith('Last: ')) ?? lines.join('\n');
}

/** The processes of the world's services, with this status; its instances and databases in that state. */
const asleep = ({ instances, databases, homes }: World): void => {
  for (const list of [instances, databases])
    if (!(list instanceof Error)) for (const one of list) one.state = 'stopped';
  if (!(homes instanceof Error))
    for (const { processes } of homes) for (const one of processes) one.status = 'stopped';
};
const processesStopped = ({ homes }: World): void => {
  if (!(homes instanceof Error))
    for (const { processes } of homes) for (const one of processes) one.status = 'stopped';
};

const done: [line: string, did: string, prepare?: (world: World) => void][] = [
  ['start dev', 'started dev', asleep],
  ['start dev rds', 'started rds in dev', asleep],
  ['start bastion', 'started bastion in dev', asleep],
  ['stop dev', 'stopped dev'],
  ['stop dev rds', 'stopped rds in dev'],
  ['stop backend', 'stopped backend in dev'],
  ['pm2 restart backend-api', 'restarted backend-api in dev'],
  ['pm2 reload backend-api', 'reloaded backend-api in dev'],
  ['pm2 stop backend-api', 'stopped backend-api in dev'],
  ['pm2 start backend-api', 'started backend-api in dev', processesStopped],
  ['pm2 save', 'saved PM2’s list in dev'],
  ['pm2 flush', 'emptied the log files of backend-api in dev'],
  ['cognito add-user ana@example.com', 'added ana@example.com to dev'],
];

it.each(done)('after "%s" status says that omar %s', async (line, did, prepare) => {
  expect(await lastAfter(line, prepare)).toMatch(new RegExp(`^Last: omar ${did}, 20`));
});

it('the table has every change', () => {
  const tried = done.map(([line]) => line);
  const changes = commands.filter(({ kind }) => kind === 'change').map(({ name }) => name);
  expect(changes.filter((name) => !tried.some((line) => line.startsWith(name)))).toEqual([]);
});

const refusing =
  (call: 'stopInstances' | 'stopDatabase') =>
  (environment: Environment): Environment => {
    const refuse = async () => {
      throw new UserError('forbidden', 'The bot may not call it.');
    };
    return {
      ...environment,
      compute: { ...environment.compute, ...(call === 'stopInstances' && { stopInstances: refuse }) },
      databases: { ...environment.databases, ...(call === 'stopDatabase' && { stopDatabase: refuse }) },
    };
  };

it('says so where it was not done, or not wholly', async () => {
  expect(await lastAfter('stop dev rds', undefined, refusing('stopDatabase'))).toContain(
    'Last: omar tried to stop rds in dev, nothing changed, ',
  );
  expect(await lastAfter('stop dev', undefined, refusing('stopDatabase'))).toContain(
    'Last: omar partly stopped dev, ',
  );
});
