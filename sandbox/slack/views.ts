import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { checkBlocks } from './blocks/block-rules.ts';
import { plain } from './blocks/element-rules.ts';
import { type Args, Refusal } from './call.ts';
import type { Method } from './chat-methods.ts';
import { app, bot, findPerson, team } from './directory.ts';
import type { StoredBlock } from './messages.ts';
import type { TriggerIds } from './trigger-ids.ts';

/** A modal that stands open, or a person's Home tab. */
export interface View {
  id: string;
  type: 'modal' | 'home';
  user: string;
  hash: string;
  blocks: StoredBlock[];
  /** title, submit, close, callback_id, private_metadata … as the app sent them. */
  fields: Record<string, unknown>;
}

const common = {
  blocks: z.array(z.unknown()),
  callback_id: z.string().max(255).optional(),
  private_metadata: z.string().max(3000).optional(),
  external_id: z.string().max(255).optional(),
};
const shape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('modal'),
    ...common,
    title: plain(24),
    submit: plain(24).optional(),
    close: plain(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('home'), ...common }),
]);

export interface Views {
  methods: Record<string, Method>;
  list(): View[];
  find(id: string): View | undefined;
  close(id: string): void;
  /** The view as payloads and the Web API show it. */
  describe(view: View): Record<string, unknown>;
  /** Puts another content into a view. Throws Refusal as views.update does. */
  replace(view: View, content: unknown): void;
  onChange(listener: (view: View) => void): () => void;
  clear(): void;
}

const short = () => randomBytes(5).toString('hex').toUpperCase();

function readView(value: unknown, type: View['type']): Pick<View, 'blocks' | 'fields'> {
  const parsed = shape.safeParse(value);
  const refuse = (reasons: string[]) =>
    new Refusal('invalid_arguments', {
      response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
    });
  if (!parsed.success) {
    throw refuse(
      parsed.error.issues.map((issue) => `${issue.message} [json-pointer:/view/${issue.path.join('/')}]`),
    );
  }
  if (parsed.data.type !== type) throw refuse([`view must be of type ${type} [json-pointer:/view/type]`]);
  const { blocks: given, ...fields } = parsed.data;
  const checked = checkBlocks(given, 'view');
  if (!checked.ok) throw refuse(checked.reasons);
  return { blocks: checked.blocks, fields };
}

export function createViews(triggerIds: TriggerIds): Views {
  const views = new Map<string, View>();
  const listeners = new Set<(view: View) => void>();

  function store(view: View): View {
    views.set(view.id, view);
    for (const listener of [...listeners]) listener(view);
    return view;
  }

  const describe = (view: View) => ({
    id: view.id,
    team_id: team.id,
    app_id: app.id,
    bot_id: bot.id,
    app_installed_team_id: team.id,
    hash: view.hash,
    root_view_id: view.id,
    previous_view_id: null,
    state: { values: {} },
    callback_id: '',
    private_metadata: '',
    ...view.fields,
    blocks: view.blocks,
  });

  function open(args: Args): Record<string, unknown> {
    const content = readView(args.json('view'), 'modal');
    const opened = triggerIds.take(args.text('trigger_id'));
    const view: View = { id: `V0${short()}`, type: 'modal', user: opened.user, hash: short(), ...content };
    store(view);
    opened.use();
    return { view: describe(view) };
  }

  function replace(view: View, content: unknown): void {
    store(Object.assign(view, readView(content, view.type), { hash: short() }));
  }

  return {
    methods: {
      'views.open': open,
      'views.push': open,
      'views.update': (args) => {
        const view = views.get(args.text('view_id'));
        if (!view) throw new Refusal('not_found');
        if (args.text('hash') && args.text('hash') !== view.hash) throw new Refusal('hash_conflict');
        replace(view, args.json('view'));
        return { view: describe(view) };
      },
      'views.publish': (args) => {
        const person = findPerson(args.text('user_id'));
        if (!person) throw new Refusal('user_not_found');
        const content = readView(args.json('view'), 'home');
        const before = [...views.values()].find((each) => each.type === 'home' && each.user === person.id);
        const id = before?.id ?? `V0${short()}`;
        return { view: describe(store({ id, type: 'home', user: person.id, hash: short(), ...content })) };
      },
    },
    list: () => [...views.values()],
    find: (id) => views.get(id),
    close: (id) => views.delete(id),
    describe,
    replace,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear: () => views.clear(),
  };
}
