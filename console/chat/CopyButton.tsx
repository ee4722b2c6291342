import { copyText } from './copy-text.ts';
import { CheckIcon, CopyIcon } from './icons.tsx';
import { useWords } from './language-context.ts';
import { useReplyActions } from './reply-actions-context.ts';
import { useBriefly } from './use-briefly.ts';

export function CopyButton({ getText }: { readonly getText: () => string }) {
  const words = useWords();
  const { announce } = useReplyActions();
  const [copied, showCopied] = useBriefly();
  const copy = async () => {
    const succeeded = await copyText(getText());
    if (succeeded) showCopied();
    announce(succeeded ? words.copied : words.copyFailed);
  };
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={words.copy}
      title={copied ? words.copied : words.copy}
      onClick={() => void copy()}
    >
      {copied ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
