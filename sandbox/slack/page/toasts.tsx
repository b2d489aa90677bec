import { useCallback, useState } from 'preact/hooks';
import { CloseIcon } from './icons.tsx';

interface Toast {
  id: number;
  text: string;
}

/** How long a toast stays, unless it is closed before. */
const staysMs = 12_000;
let count = 0;

export function useToasts() {
  const [toasts, set] = useState<readonly Toast[]>([]);
  const close = useCallback((id: number) => set((all) => all.filter((each) => each.id !== id)), []);
  const tell = useCallback(
    (error: unknown) => {
      count += 1;
      const id = count;
      set((all) => [...all.slice(-2), { id, text: error instanceof Error ? error.message : String(error) }]);
      setTimeout(() => close(id), staysMs);
    },
    [close],
  );
  return { toasts, tell, close };
}

export const Toasts = ({ toasts, onClose }: { toasts: readonly Toast[]; onClose(id: number): void }) => (
  <div class="toasts" role="alert">
    {toasts.map(({ id, text }) => (
      <div key={id} class="toast">
        <span>{text}</span>
        <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => onClose(id)}>
          <CloseIcon />
        </button>
      </div>
    ))}
  </div>
);
