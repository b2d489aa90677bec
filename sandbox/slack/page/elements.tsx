import type {
  ActionsBlockElement,
  Button,
  Confirm,
  ContextBlockElement,
  Overflow,
  PlainTextOption,
  SectionBlockAccessory,
  StaticSelect,
} from '@slack/types';
import { useState } from 'preact/hooks';
import { ConfirmDialog } from './confirm.tsx';
import { withEmoji } from './emoji.ts';
import { Picture } from './image.tsx';
import { Text } from './inline-text.tsx';
import { useMessageActions } from './page-context.ts';
import { Unknown } from './unknown-block.tsx';

/** Acts at once, or after the element's own "Are you sure?". */
function useConfirmed(confirm: Confirm | undefined) {
  const { act, isBusy } = useMessageActions();
  const [asked, ask] = useState<string>();
  return {
    isBusy,
    start: (action: string) => (confirm ? ask(action) : act(action)),
    dialog:
      confirm && asked !== undefined ? (
        <ConfirmDialog confirm={confirm} onConfirm={() => act(asked)} onClose={() => ask(undefined)} />
      ) : null,
  };
}

function ButtonElement({ element }: { element: Button }) {
  const { start, isBusy, dialog } = useConfirmed(element.confirm);
  const action = element.action_id ?? element.text.text;
  const busy = isBusy(action);
  function press() {
    // Slack opens the address and tells the app as well.
    if (element.url && /^https?:\/\//i.test(element.url))
      window.open(element.url, '_blank', 'noopener,noreferrer');
    start(action);
  }
  return (
    <>
      <button
        type="button"
        class={`button ${element.style ? `button-${element.style}` : ''} ${busy ? 'is-busy' : ''}`}
        aria-label={element.accessibility_label}
        aria-busy={busy}
        disabled={busy}
        data-action-id={element.action_id}
        onClick={press}
      >
        {withEmoji(element.text.text)}
        {element.url ? <span aria-hidden="true"> ↗</span> : null}
      </button>
      {dialog}
    </>
  );
}

interface Choice {
  options: readonly PlainTextOption[];
  groups?: readonly { label: string; options: readonly PlainTextOption[] }[];
  placeholder: string;
  initial?: string | undefined;
  confirm?: Confirm | undefined;
  compact?: boolean;
}

const Options = ({ options }: { options: readonly PlainTextOption[] }) => (
  <>
    {options.map(({ text, value }) => (
      <option key={value ?? text.text} value={text.text}>
        {withEmoji(text.text)}
      </option>
    ))}
  </>
);

/** The browser's own list, which a keyboard and a phone know how to use. */
function ChoiceElement({
  options,
  groups = [],
  placeholder,
  initial = '',
  confirm,
  compact = false,
}: Choice) {
  const { start, isBusy, dialog } = useConfirmed(confirm);
  const [chosen, choose] = useState(initial);
  return (
    <>
      <select
        class={compact ? 'button select select-compact' : 'button select'}
        aria-label={placeholder}
        value={chosen}
        disabled={chosen !== '' && isBusy(chosen)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = compact ? '' : value;
          choose(compact ? '' : value);
          start(value);
        }}
      >
        <option value="" disabled>
          {compact ? '···' : placeholder}
        </option>
        <Options options={options} />
        {groups.map((group) => (
          <optgroup key={group.label} label={group.label}>
            <Options options={group.options} />
          </optgroup>
        ))}
      </select>
      {dialog}
    </>
  );
}

const OverflowElement = ({ element }: { element: Overflow }) => (
  <ChoiceElement options={element.options} placeholder="More actions" confirm={element.confirm} compact />
);

const SelectElement = ({ element }: { element: StaticSelect }) => (
  <ChoiceElement
    options={element.options ?? []}
    groups={(element.option_groups ?? []).map(({ label, options }) => ({ label: label.text, options }))}
    placeholder={element.placeholder?.text ?? 'Select an option'}
    initial={element.initial_option?.text.text}
    confirm={element.confirm}
  />
);

/** Whatever may stand in `actions`, as an accessory, or in `context`. Those that the bot does not send are shown as unknown. */
export function ElementView({
  element,
}: {
  element: ActionsBlockElement | SectionBlockAccessory | ContextBlockElement;
}) {
  switch (element.type) {
    case 'button':
      return <ButtonElement element={element} />;
    case 'overflow':
      return <OverflowElement element={element} />;
    case 'static_select':
      return <SelectElement element={element} />;
    case 'image':
      return <Picture image={element} />;
    case 'plain_text':
    case 'mrkdwn':
      return <Text value={element} />;
    case 'checkboxes':
    case 'radio_buttons':
    case 'datepicker':
    case 'datetimepicker':
    case 'timepicker':
    case 'workflow_button':
    case 'rich_text_input':
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
    case 'external_select':
    case 'multi_static_select':
    case 'multi_users_select':
    case 'multi_conversations_select':
    case 'multi_channels_select':
    case 'multi_external_select':
      return <Unknown what="element" type={element.type} />;
    default:
      return <Unknown what="element" type={typeOf(element)} />;
  }
}

/** TypeScript takes the rest for impossible; what arrives may differ. */
const typeOf = (rest: never): string => String((rest as { type?: unknown }).type);
