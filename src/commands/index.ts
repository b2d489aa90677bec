import type { Command } from '../bot/command.ts';
import type { Ports } from '../ports.ts';
import { cognitoConfig } from './cognito/config.ts';
import { cognitoList } from './cognito/list.ts';
import { cognitoShow } from './cognito/show.ts';
import { health } from './health.ts';
import { help } from './help.ts';
import { logs } from './logs/logs.ts';
import { menu } from './menu.ts';
import { pm2List } from './pm2/list.ts';
import { pm2Show } from './pm2/show.ts';
import { status } from './status/status.ts';
import { whoami } from './whoami.ts';

/** Every command, in the order that help shows them. */
export const commands: readonly Command<Ports>[] = [
  status,
  health,
  logs,
  pm2List,
  pm2Show,
  cognitoList,
  cognitoShow,
  cognitoConfig,
  whoami,
  help,
  menu,
];
