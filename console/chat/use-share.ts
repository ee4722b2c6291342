import { useWords } from './language-context.ts';
import { useReplyActions } from './reply-actions-context.ts';
import { shareText } from './share-text.ts';
import { useBriefly } from './use-briefly.ts';

/** `isCopied` for a moment after the words went to the clipboard, because then nothing else is to be seen. */
export function useShare(getText: () => string): { readonly share: () => void; readonly isCopied: boolean } {
  const words = useWords();
  const { announce } = useReplyActions();
  const [isCopied, showCopied] = useBriefly();
  const share = async () => {
    const result = await shareText(getText());
    if (result === 'copied') {
      showCopied();
      announce(words.sharedByCopy);
    }
    if (result === 'failed') announce(words.copyFailed);
  };
  return { share: () => void share(), isCopied };
}
