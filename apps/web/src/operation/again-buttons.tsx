import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { tell, tellError } from '../app/toasts.tsx';
import { AskDialog } from './ask-dialog.tsx';

interface AgainButtonsProps {
  /** What it is, in words. */
  readonly what: string;
  /** It is being tried again already. */
  readonly isBusy: boolean;
  readonly onAgain: () => Promise<void>;
  readonly onDiscard: () => Promise<void>;
}

/** Has something that was given up tried again, or takes it off for good. */
export function AgainButtons({ what, isBusy, onAgain, onDiscard }: AgainButtonsProps) {
  const [asking, setAsking] = useState(false);
  const again = (): void => {
    onAgain().then(
      () => tell({ variant: 'success', title: `${what} is tried again` }),
      (error: unknown) => tellError(`${what} is not tried again`, error),
    );
  };
  return (
    <div className="ct-chips">
      <Button size="sm" variant="secondary" isDisabled={isBusy} onClick={again}>
        {isBusy ? 'Being tried' : 'Again'}
      </Button>
      <Button size="sm" variant="link" isDanger onClick={() => setAsking(true)}>
        Discard
      </Button>
      {asking && (
        <AskDialog title="Discard" yes="Discard" isDangerous onClose={() => setAsking(false)} onYes={onDiscard}>
          {what} is taken off for good, and never handled.
        </AskDialog>
      )}
    </div>
  );
}
