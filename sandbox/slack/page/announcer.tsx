import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from './api-types.ts';
import { nameOf, usePageContext } from './page-context.ts';

/** The state in an answer's first block id (`d2:<id>:<state>`): a change of it is news, each tick of a checklist isn't. */
const stateOf = (message: Message) => message.blocks[0]?.block_id?.split(':').at(2) ?? '';

interface Props {
  messages: readonly Message[];
  place: string;
  isLoaded: boolean;
}

/** Reads out new messages and the ends of old ones; a message's `text` is made for that. */
export function Announcer({ messages, place, isLoaded }: Props) {
  const { workspace } = usePageContext();
  const known = useRef<ReadonlyMap<string, string>>(new Map());
  const before = useRef('');
  const [said, say] = useState('');

  useEffect(() => {
    const fresh = messages.filter((message) => known.current.get(message.ts) !== stateOf(message));
    known.current = new Map(messages.map((message) => [message.ts, stateOf(message)]));
    const isSame = before.current === place;
    if (isLoaded) before.current = place;
    if (!isSame || fresh.length === 0) return;
    say(fresh.map(({ user, text }) => `${nameOf(workspace, user)}: ${text}`).join('\n'));
  }, [messages, place, isLoaded, workspace]);

  return (
    <div class="announcer" aria-live="polite">
      {said}
    </div>
  );
}
