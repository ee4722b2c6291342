/** The clipboard API is missing on plain http, where a shop's first trial often runs. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const before = document.activeElement;
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'visually-hidden';
    document.body.append(field);
    field.select();
    const copied = document.execCommand('copy');
    field.remove();
    // The way round through a text field takes the focus with it.
    if (before instanceof HTMLElement) before.focus();
    return copied;
  }
}
