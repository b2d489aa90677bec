import type { User, Workspace } from './api-types.ts';

const hues = 6;

export function Avatar({
  id,
  workspace,
  small = false,
}: {
  id: string;
  workspace: Workspace;
  small?: boolean;
}) {
  const size = small ? 'avatar avatar-small' : 'avatar';
  const index = workspace.users.findIndex((user) => user.id === id);
  const user = workspace.users[index];
  if (id === workspace.app.bot.user)
    return (
      <span class={`${size} avatar-bot`} aria-hidden="true">
        {workspace.app.bot.name}
      </span>
    );
  return (
    <span class={`${size} hue-${user ? index % hues : 'none'}`} aria-hidden="true">
      {user ? user.name.slice(0, 2) : 'S'}
    </span>
  );
}

/** A person's role, or that they are from another workspace. */
export function badgeOf(user: User): string | undefined {
  if (user.is_stranger) return 'external';
  if (user.is_restricted) return 'guest';
  return user.role;
}
