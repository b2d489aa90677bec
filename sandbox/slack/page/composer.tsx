import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { SendIcon } from './icons.tsx';
import { suggest } from './suggestions.ts';

interface Props {
  label: string;
  placeholder: string;
  onSend(text: string): void;
  /** The slash command to suggest for; without it, nothing is suggested. */
  command?: string;
  autoFocus?: boolean;
  /** Said before, oldest first. */
  history?: readonly string[];
}

/** A box to type into: Enter sends, Shift+Enter breaks the line, ArrowUp brings back what was said before. */
export function Composer({ label, placeholder, onSend, command, autoFocus = false, history = [] }: Props) {
  const [text, setText] = useState('');
  const [back, setBack] = useState(0);
  const [chosen, choose] = useState(-1);
  const [isClosed, close] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const offers = command && text.startsWith('/') && back === 0 && !isClosed ? suggest(text, command) : [];

  useEffect(() => {
    if (autoFocus) box.current?.focus();
  }, [autoFocus]);

  function write(next: string) {
    setText(next);
    setBack(0);
    choose(-1);
    close(false);
  }

  function send() {
    if (text.trim() === '') return;
    onSend(text.trim());
    write('');
  }

  function take(words: string) {
    write(`${command} ${words}`);
    box.current?.focus();
  }

  function recall(steps: number) {
    const next = Math.min(history.length, Math.max(0, back + steps));
    setBack(next);
    setText(next === 0 ? '' : (history.at(-next) ?? ''));
  }

  function press(event: KeyboardEvent) {
    // Enter that ends a composition (Japanese, Korean …) is not meant for us.
    if (event.isComposing) return;
    const offer = offers[Math.max(0, chosen)];
    const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === 'Enter' && isPlain) {
      event.preventDefault();
      if (chosen >= 0 && offer) take(offer.words);
      else send();
    } else if (event.key === 'Tab' && isPlain && offer) {
      event.preventDefault();
      take(offer.words);
    } else if (event.key === 'Escape' && offers.length > 0) {
      close(true);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (offers.length > 0) {
        event.preventDefault();
        choose((chosen + step + offers.length + (chosen < 0 && step < 0 ? 1 : 0)) % offers.length);
      } else if (text === '' || back > 0) {
        event.preventDefault();
        recall(-step);
      }
    }
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {offers.length > 0 ? (
        <div class="offers" id={listId} role="listbox" aria-label="Commands">
          {offers.map(({ words, what }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the box's own keys move through the list
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the box (aria-activedescendant)
            <div
              key={words}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === chosen}
              class="offer"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(words)}
            >
              <code>
                {command} {words}
              </code>
              <span class="quiet">{what}</span>
            </div>
          ))}
          <p class="offers-keys" aria-hidden="true">
            <kbd>Tab</kbd> take <kbd>↑</kbd>
            <kbd>↓</kbd> choose <kbd>Esc</kbd> close
          </p>
        </div>
      ) : null}
      <textarea
        ref={box}
        rows={1}
        value={text}
        placeholder={placeholder}
        aria-label={label}
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="send"
        aria-controls={offers.length > 0 ? listId : undefined}
        aria-activedescendant={chosen >= 0 && offers.length > 0 ? `${listId}-${chosen}` : undefined}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={press}
      />
      <button type="submit" class="send" aria-label="Send" disabled={text.trim() === ''}>
        <SendIcon />
      </button>
    </form>
  );
}
