import { useEffect } from 'react';
import type { RefObject } from 'react';

/** Has something that is open closed by Escape, and by a press outside of it. */
export function useDismiss(open: boolean, within: readonly RefObject<HTMLElement | null>[], close: () => void): void {
  useEffect(() => {
    if (!open) return undefined;
    const pressed = (event: MouseEvent): void => {
      const { target } = event;
      if (target instanceof Node && within.some(({ current }) => current?.contains(target))) return;
      close();
    };
    const typed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') close();
    };
    document.addEventListener('mousedown', pressed);
    document.addEventListener('keydown', typed);
    return () => {
      document.removeEventListener('mousedown', pressed);
      document.removeEventListener('keydown', typed);
    };
  });
}
