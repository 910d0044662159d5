import { Label } from '@patternfly/react-core';
import { colorOf } from './states.ts';

/** A state as a chip. */
export const StateLabel = ({ state }: { readonly state: string }) => (
  <Label isCompact color={colorOf(state)}>
    {state}
  </Label>
);
