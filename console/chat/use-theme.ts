import { useState, useSyncExternalStore } from 'react';
import { chosenTheme, rememberTheme, showTheme, type Theme } from './preferences.ts';

const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

function subscribeToSystem(listener: () => void): () => void {
  systemIsDark.addEventListener('change', listener);
  return () => systemIsDark.removeEventListener('change', listener);
}

/** The theme on screen, and how to change to the other one. */
export function useTheme(): [theme: Theme, switchTheme: () => void] {
  const system: Theme = useSyncExternalStore(subscribeToSystem, () => systemIsDark.matches) ? 'dark' : 'light';
  const [chosen, setChosen] = useState(chosenTheme);
  const theme = chosen ?? system;
  const switchTheme = () => {
    const other = theme === 'dark' ? 'light' : 'dark';
    showTheme(other);
    rememberTheme(other);
    setChosen(other);
  };
  return [theme, switchTheme];
}
