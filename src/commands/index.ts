import type { Command } from '../core/command/command.ts';
import type { Platform } from '../platform/platform.ts';
import { cancel } from './cancel.ts';
import { cognitoAddUser } from './cognito/add-user.ts';
import { cognitoConfig } from './cognito/config.ts';
import { cognitoList } from './cognito/list.ts';
import { cognitoShow } from './cognito/show.ts';
import { health } from './health/health.ts';
import { help } from './help.ts';
import { logs } from './logs/logs.ts';
import { menu } from './menu.ts';
import { pm2List } from './pm2/list.ts';
import { pm2Flush, pm2Save } from './pm2/save-and-flush.ts';
import { pm2Show } from './pm2/show.ts';
import { pm2Reload, pm2Restart, pm2Start, pm2Stop } from './pm2/verbs.ts';
import { start } from './start-stop/start.ts';
import { stop } from './start-stop/stop.ts';
import { status } from './status/status.ts';
import { whoami } from './whoami.ts';

/** Every command, in the order that help shows them. */
export const commands: readonly Command<Platform>[] = [
  status,
  start,
  stop,
  cancel,
  health,
  logs,
  pm2List,
  pm2Show,
  pm2Restart,
  pm2Reload,
  pm2Stop,
  pm2Start,
  pm2Save,
  pm2Flush,
  cognitoAddUser,
  cognitoList,
  cognitoShow,
  cognitoConfig,
  whoami,
  help,
  menu,
];
