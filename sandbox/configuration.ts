import { stringify } from 'yaml';
import { accountId, auditGroup, project, region, table } from './aws/constants.ts';
import { app, channels, people, team } from './slack/directory.ts';
import type { RunningWorld, World } from './worlds/world.ts';

const idOf = (list: readonly { id: string; name: string }[], name: string): string => {
  const found = list.find((each) => each.name === name);
  if (!found) throw new Error(`the workspace has no ${name}`);
  return found.id;
};

const arn = (name: string) => `arn:aws:iam::${accountId}:user/${name}`;

/** The `d2.yaml` of a world: the workspace's people and channels, and what is the world's own. */
export function configurationOf(world: World, running: RunningWorld): string {
  const { environment, services } = world.configuration(running);
  return stringify({
    app: app.id,
    team: team.id,
    command: app.command,
    channels: [idOf(channels, 'shared')],
    project,
    region,
    timezone: 'Asia/Kuala_Lumpur',
    table,
    trail: auditGroup,
    environments: {
      dev: {
        channel: idOf(channels, 'ops'),
        protected: false,
        ...environment,
        roles: {
          viewer: { slack: [idOf(people, 'vera')], aws: [arn('vera')] },
          operator: { slack: ['S0OPERATORS'], aws: [arn('omar')] },
          admin: { slack: ['S0ADMINS'], aws: [arn('ada'), arn('amir')] },
        },
      },
    },
    services,
  });
}
