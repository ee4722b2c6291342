import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from './icons.tsx';
import { useWords } from './language-context.ts';

const SHOWN_MS = 2_000;

/** The clipboard API is missing on plain http, where a shop's first trial often runs. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    document.body.append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    return copied;
  }
}

export function CopyButton(props: { readonly getText: () => string; readonly announce: (text: string) => void }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = window.setTimeout(() => setCopied(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [copied]);
  const copy = async (button: HTMLButtonElement) => {
    const succeeded = await copyText(props.getText());
    // The way round through a text field takes the focus with it.
    button.focus();
    setCopied(succeeded);
    props.announce(succeeded ? words.copied : words.copyFailed);
  };
  return (
    <button
      type="button"
      className="copy-button"
      aria-label={words.copy}
      title={copied ? words.copied : words.copy}
      onClick={(event) => void copy(event.currentTarget)}
    >
      {copied ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
