import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Channel, Message } from './api-types.ts';
import { showDay } from './dates.ts';
import { type MessageActs, MessageView, timeOf } from './message.tsx';
import { usePageContext } from './page-context.ts';
import { firstSteps } from './suggestions.ts';

interface Props {
  channel: Channel;
  /** What this user sees of the channel, oldest first. */
  messages: readonly Message[];
  acts: MessageActs;
  isLoaded: boolean;
  onSend(text: string): void;
}

/** How near the end still counts as reading along, pixels. */
const nearPx = 120;

export function Conversation({ channel, messages, acts, isLoaded, onSend }: Props) {
  const { now } = usePageContext();
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [isBehind, setBehind] = useState(false);
  const shown = new Set(messages.map((message) => message.ts));
  // A reply whose thread is gone is shown on its own.
  const roots = messages.filter(({ thread }) => thread === undefined || !shown.has(thread));
  const newest = roots.at(-1)?.ts;

  function toEnd() {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }

  useLayoutEffect(() => {
    follows.current = true;
    setBehind(false);
    toEnd();
  }, [channel.id]);

  useLayoutEffect(() => {
    if (follows.current) toEnd();
    else setBehind(true);
  }, [messages]);

  function scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = list.current ?? {
      scrollTop: 0,
      clientHeight: 0,
      scrollHeight: 0,
    };
    follows.current = scrollHeight - scrollTop - clientHeight < nearPx;
    if (follows.current) setBehind(false);
  }

  let lastDay = '';
  return (
    <div class="conversation">
      <div
        class="messages"
        ref={list}
        onScroll={scrolled}
        role="log"
        aria-label="Messages"
        aria-live="off"
        aria-busy={!isLoaded}
        data-newest={newest}
      >
        {isLoaded && roots.length === 0 ? <Welcome channel={channel} onSend={onSend} /> : null}
        {roots.map((message) => {
          const day = showDay(timeOf(message.ts), now());
          const divider =
            day === lastDay ? null : (
              <div class="day" key={`day-${message.ts}`}>
                <span>{day}</span>
              </div>
            );
          lastDay = day;
          const replies = messages.filter((reply) => reply.thread === message.ts);
          return [divider, <MessageView key={message.ts} message={message} replies={replies} acts={acts} />];
        })}
      </div>
      {isBehind ? (
        <button type="button" class="to-end" onClick={toEnd}>
          New messages ↓
        </button>
      ) : null}
    </div>
  );
}

function Welcome({ channel, onSend }: { channel: Channel; onSend(text: string): void }) {
  const { workspace } = usePageContext();
  const { command, bot } = workspace.app;
  const about =
    channel.kind === 'im'
      ? `A direct message with ${bot.name}: only the two of you read it.`
      : channel.is_ext_shared
        ? `Another company reads along here, so ${bot.name} refuses.`
        : channel.bot_is_member
          ? `${bot.name} runs the D2 Ride Booking platform from here. The AWS account is a sandbox: nothing here costs money, and nothing can break.`
          : `${bot.name} isn't in this channel and takes no commands here.`;
  return (
    <section class="welcome" aria-label="Welcome">
      <span class="avatar avatar-bot avatar-large" aria-hidden="true">
        {bot.name}
      </span>
      <h2>{channel.kind === 'im' ? `You and ${bot.name}` : `This is #${channel.name}`}</h2>
      <p>{about}</p>
      <p class="quiet">Type a command below, or begin with one of these:</p>
      <div class="first-steps">
        {firstSteps.map(({ words, what }) => (
          <button type="button" key={words} class="first-step" onClick={() => onSend(`${command} ${words}`)}>
            <code>
              {command} {words}
            </code>
            <span>{what}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
