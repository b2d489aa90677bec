import type { Confirm } from '@slack/types';
import { useEffect, useRef } from 'preact/hooks';
import { Text } from './inline-text.tsx';

interface Props {
  confirm: Confirm;
  onConfirm(): void;
  onClose(): void;
}

/** Slack's "Are you sure?", as the browser's own dialog: focus, Escape and the backdrop come with it. */
export function ConfirmDialog({ confirm, onConfirm, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const title = confirm.title?.text ?? 'Are you sure?';
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      <div class="dialog-body">
        <Text value={confirm.text} />
      </div>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          {confirm.deny?.text ?? 'No'}
        </button>
        <button
          type="button"
          class={`button button-${confirm.style ?? 'primary'}`}
          onClick={() => {
            onConfirm();
            dialog.current?.close();
          }}
        >
          {confirm.confirm?.text ?? 'Yes'}
        </button>
      </div>
    </dialog>
  );
}
