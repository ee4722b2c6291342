import { copyText } from './copy-text.ts';

export type ShareResult = 'shared' | 'copied' | 'cancelled' | 'failed';

/** Through the sheet of the phone or the system; the clipboard where there is none (most desktops, plain http). */
export async function shareText(text: string): Promise<ShareResult> {
  const data = { text };
  if (navigator.share !== undefined && navigator.canShare?.(data) !== false) {
    try {
      await navigator.share(data);
      return 'shared';
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === 'AbortError') return 'cancelled';
    }
  }
  return (await copyText(text)) ? 'copied' : 'failed';
}
