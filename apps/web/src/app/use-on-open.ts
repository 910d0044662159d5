import { useEffect, useEffectEvent } from 'react';

/** Does something once, when a dialog opens, with what the dialog knows then. */
export function useOnOpen(act: () => void): void {
  const opened = useEffectEvent(act);
  useEffect(() => opened(), []);
}
