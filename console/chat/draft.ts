/** What is written and not yet sent outlives a reload. Without storage it lives as long as the page. */

export function readDraft(name: string): string {
  try {
    return sessionStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}

export function saveDraft(name: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  } catch {
    // Nothing to be done, and nothing lost yet.
  }
}
