import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';

/** Whose the machine's PM2 homes are: the instance's own users are not on this computer. */
export const machineUser = userInfo().username;

/** Puts a `getent` on the machine's PATH by which its users live on the machine's own disk, with its shell. */
export async function writeGetent(bin: string, folder: string): Promise<void> {
  const entry = `printf '%s:x:%s:%s::%s:/bin/bash\\n' "$2" "$(id -u "$2")" "$(id -g "$2")" '${folder}'`;
  await writeFile(join(bin, 'getent'), `#!/bin/sh\nid -u "$2" >/dev/null 2>&1 || exit 2\n${entry}\n`, {
    mode: 0o755,
  });
}
