import type { AnyBlock, PlainTextElement } from '@slack/types';
import type { Resource } from '../../interfaces.ts';
import type { Message as StoredMessage } from '../messages.ts';

/** What the sandbox's own API answers to the page. */

export type { Resource };

export type Message = Omit<StoredMessage, 'blocks'> & { blocks: AnyBlock[] };

export interface User {
  id: string;
  name: string;
  real_name: string;
  is_restricted?: boolean;
  is_stranger?: boolean;
  /** viewer, operator or admin, where the sandbox knows it. */
  role?: string;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'channel' | 'im';
  topic?: string;
  /** The other half of a direct message with the bot. */
  person?: string;
  is_ext_shared: boolean;
  bot_is_member: boolean;
}

export interface Workspace {
  team: { id: string; name: string; domain: string };
  app: { command: string; bot: { user: string; name: string } };
  users: User[];
  channels: Channel[];
  usergroups?: { id: string; handle: string }[];
}

/** A modal or a Home tab, of one person. */
export interface View {
  id: string;
  type: 'modal' | 'home';
  user: string;
  hash: string;
  blocks: AnyBlock[];
  fields: { title?: PlainTextElement; submit?: PlainTextElement; close?: PlainTextElement };
}
