/** What the customer chose for this browser; until then the browser's own settings count. */
import { LANGUAGES, type Language } from './words.ts';

export type Theme = 'light' | 'dark';

const LANGUAGE_KEY = 'malgil.language';
const THEME_KEY = 'malgil.theme';

function read<T extends string>(key: string, allowed: readonly T[]): T | undefined {
  try {
    const value = localStorage.getItem(key);
    return allowed.find((each) => each === value);
  } catch {
    return undefined;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off: the choice lives as long as the page.
  }
}

export function initialLanguage(): Language {
  return read(LANGUAGE_KEY, LANGUAGES) ?? (navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en');
}

export function rememberLanguage(language: Language): void {
  write(LANGUAGE_KEY, language);
}

/** `undefined` follows the system. */
export function chosenTheme(): Theme | undefined {
  return read<Theme>(THEME_KEY, ['light', 'dark']);
}

export function rememberTheme(theme: Theme): void {
  write(THEME_KEY, theme);
}

/** The style sheet follows the system unless the root element names a theme. */
export function showTheme(theme: Theme | undefined): void {
  if (theme === undefined) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
