/** What a key does, wherever one is on the pages. */
export interface Shortcut {
  /** `g s`: one after the other. */
  readonly keys: string;
  readonly label: string;
  /** Where it leads. */
  readonly path?: string;
}

/** Keys that lead to pages, one after the other. */
export const shortcuts: readonly Shortcut[] = [
  { keys: 'g h', label: 'Home', path: '/' },
  { keys: 'g i', label: 'Sites', path: '/sites' },
  { keys: 'g n', label: 'Networks', path: '/networks' },
  { keys: 'g b', label: 'BluePrints', path: '/blueprints' },
  { keys: 'g f', label: 'Foundations', path: '/foundations' },
  { keys: 'g s', label: 'Structures', path: '/structures' },
  { keys: 'g a', label: 'Address Blocks', path: '/addressblocks' },
  { keys: 'g j', label: 'Jobs', path: '/jobs' },
  { keys: 'g l', label: 'Job Log', path: '/joblog' },
  { keys: 'g t', label: 'Todo', path: '/todo' },
];

/** How long a second key may take, in milliseconds. */
const PAUSE_MS = 1200;

/** Reads keys as they are pressed, and tells which shortcut they are. */
export class ShortcutReader {
  #first: { readonly key: string; readonly at: number } | undefined;

  read(key: string, at: number): Shortcut | undefined {
    const first = this.#first && at - this.#first.at <= PAUSE_MS ? this.#first.key : undefined;
    const found = shortcuts.find(({ keys }) => keys === (first === undefined ? key : `${first} ${key}`));
    this.#first =
      found === undefined && shortcuts.some(({ keys }) => keys.startsWith(`${key} `)) ? { key, at } : undefined;
    return found;
  }
}

interface Target {
  readonly tagName?: string;
  readonly isContentEditable?: boolean;
}

/** Whether keys that are pressed there are text. */
export const isTyping = ({ tagName, isContentEditable }: Target): boolean =>
  isContentEditable === true || ['INPUT', 'TEXTAREA', 'SELECT'].includes(tagName ?? '');
