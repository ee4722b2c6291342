import { useId, useLayoutEffect, useRef } from 'react';
import { useWords } from './language-context.ts';

interface ResetDialogProps {
  readonly close: () => void;
  readonly confirm: () => void;
}

/** The native dialog keeps the focus inside, closes with Escape and gives the focus back. */
export function ResetDialog({ close, confirm }: ResetDialogProps) {
  const words = useWords();
  const titleId = useId();
  const bodyId = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog !== null && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={ref} className="dialog" aria-labelledby={titleId} aria-describedby={bodyId} onClose={close}>
      <h2 id={titleId}>{words.resetTitle}</h2>
      <p id={bodyId} className="dialog-text">
        {words.resetBody}
      </p>
      <div className="dialog-buttons">
        <button type="button" className="dialog-button" onClick={() => ref.current?.close()}>
          {words.cancel}
        </button>
        <button
          type="button"
          className="dialog-button primary"
          onClick={() => {
            ref.current?.close();
            confirm();
          }}
        >
          {words.resetConfirm}
        </button>
      </div>
    </dialog>
  );
}
