import { useSyncExternalStore } from 'react';
import { storage } from './storage.ts';

/** What somebody has chosen; `system` follows the system. */
export type Theme = 'dark' | 'light' | 'system';

const DARK = 'pf-v6-theme-dark';
const system = matchMedia('(prefers-color-scheme: dark)');
const watchers = new Set<() => void>();

const chosen = (): Theme => {
  const theme = storage.get('theme');
  return theme === 'dark' || theme === 'light' ? theme : 'system';
};

function apply(): void {
  const theme = chosen();
  document.documentElement.classList.toggle(DARK, theme === 'dark' || (theme === 'system' && system.matches));
  for (const changed of watchers) changed();
}

system.addEventListener('change', apply);

/** Has the pages look so from now on. */
export function chooseTheme(theme: Theme): void {
  storage.set('theme', theme === 'system' ? null : theme);
  apply();
}

function watch(changed: () => void): () => void {
  watchers.add(changed);
  return () => void watchers.delete(changed);
}

export const useTheme = (): Theme => useSyncExternalStore(watch, chosen);

/** Whether the pages are dark at the moment: for pictures that draw their own colours. */
export const useIsDark = (): boolean =>
  useSyncExternalStore(watch, () => document.documentElement.classList.contains(DARK));
