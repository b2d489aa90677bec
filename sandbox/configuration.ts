import { stringify } from 'yaml';
import type { Machine } from './interfaces.ts';
import { app, channels, people, team } from './slack/directory.ts';

const idOf = (list: readonly { id: string; name: string }[], name: string): string => {
  const found = list.find((each) => each.name === name);
  if (!found) throw new Error(`the workspace has no ${name}`);
  return found.id;
};

const arn = (name: string) => `arn:aws:iam::000011112222:user/${name}`;

/** The `d2.yaml` of the sandbox's own environment: its people, its channel, and where its instance keeps PM2. */
export function configurationOf({ homes, appRoot }: Pick<Machine, 'homes' | 'appRoot'>): string {
  return stringify({
    app: app.id,
    team: team.id,
    command: app.command,
    channels: [idOf(channels, 'shared')],
    project: 'd2-ride-booking',
    region: 'ap-southeast-1',
    timezone: 'Asia/Kuala_Lumpur',
    table: 'd2-chatops',
    trail: '/d2/chatops/audit',
    environments: {
      dev: {
        channel: idOf(channels, 'ops'),
        protected: false,
        pm2: { root: homes.root, app: homes.app, apps: appRoot },
        roles: {
          viewer: { slack: [idOf(people, 'vera')], aws: [arn('vera')] },
          operator: { slack: ['S0OPERATORS'], aws: [arn('omar')] },
          admin: { slack: ['S0ADMINS'], aws: [arn('ada'), arn('amir')] },
        },
      },
    },
    services: { 'backend-api': { logs: { dev: '/aws/ec2/dev-d2-ride-booking-backend' } } },
  });
}
