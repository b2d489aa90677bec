import type { InputBlock } from '@slack/types';
import { Text } from './inline-text.tsx';
import { Unknown } from './unknown-block.tsx';

/** A modal's field; its form is read by the names, which are the action_ids. */
export function Input({ block, error }: { block: InputBlock; error?: string | undefined }) {
  const { element } = block;
  const id = `field-${block.block_id}`;
  const shared = { id, name: element.action_id, required: !block.optional, 'aria-describedby': `${id}-hint` };
  return (
    <div class="field">
      <label for={id}>
        {block.label.text}
        {block.optional ? <span class="quiet"> (optional)</span> : null}
      </label>
      <Control element={element} shared={shared} />
      <div id={`${id}-hint`}>
        {error ? (
          <p class="field-error" role="alert">
            {error}
          </p>
        ) : null}
        {block.hint ? (
          <p class="quiet">
            <Text value={block.hint} />
          </p>
        ) : null}
      </div>
    </div>
  );
}

interface Shared {
  id: string;
  name: string | undefined;
  required: boolean;
  'aria-describedby': string;
}

function Control({ element, shared }: { element: InputBlock['element']; shared: Shared }) {
  switch (element.type) {
    case 'plain_text_input': {
      const limits = { minLength: element.min_length, maxLength: element.max_length };
      const { initial_value: value = '', placeholder } = element;
      return element.multiline ? (
        <textarea {...shared} {...limits} rows={4} defaultValue={value} placeholder={placeholder?.text} />
      ) : (
        <input {...shared} {...limits} type="text" defaultValue={value} placeholder={placeholder?.text} />
      );
    }
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input': {
      const types = { email_text_input: 'email', url_text_input: 'url', number_input: 'number' } as const;
      const { initial_value: value = '', placeholder } = element;
      return (
        <input {...shared} type={types[element.type]} defaultValue={value} placeholder={placeholder?.text} />
      );
    }
    case 'static_select': {
      const options = element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];
      return (
        <select {...shared} defaultValue={element.initial_option?.value ?? ''}>
          <option value="">{element.placeholder?.text ?? 'Select an option'}</option>
          {options.map(({ text, value }) => (
            <option key={value} value={value}>
              {text.text}
            </option>
          ))}
        </select>
      );
    }
    default:
      return <Unknown what="input" type={element.type} />;
  }
}
