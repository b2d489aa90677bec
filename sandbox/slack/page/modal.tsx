import { useEffect, useRef, useState } from 'preact/hooks';
import type { View } from './api-types.ts';
import { Blocks } from './blocks.tsx';

interface Props {
  view: View;
  /** Answers the fields' errors by block_id; none when it was taken. */
  onSubmit(values: Record<string, string>): Promise<Record<string, string>>;
  onClose(): void;
}

export function Modal({ view, onSubmit, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const { title, submit, close } = view.fields;

  async function send(event: SubmitEvent & { currentTarget: HTMLFormElement }) {
    event.preventDefault();
    const fields = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]);
    setBusy(true);
    try {
      setErrors(await onSubmit(Object.fromEntries(fields)));
    } finally {
      setBusy(false);
    }
  }

  return (
    <dialog ref={dialog} class="dialog modal" aria-label={title?.text ?? 'Modal'} onClose={onClose}>
      <form onSubmit={send}>
        <h2>{title?.text}</h2>
        <div class="dialog-body">
          <Blocks blocks={view.blocks} errors={errors} />
        </div>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {close?.text ?? 'Close'}
          </button>
          {submit ? (
            <button type="submit" class="button button-primary" aria-busy={isBusy} disabled={isBusy}>
              {submit.text}
            </button>
          ) : null}
        </div>
      </form>
    </dialog>
  );
}
