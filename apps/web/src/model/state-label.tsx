import { colorOf } from './states.ts';

const MODIFIERS = {
  grey: '',
  blue: 'pf-m-blue',
  green: 'pf-m-green',
  orange: 'pf-m-orange',
  red: 'pf-m-red',
  teal: 'pf-m-teal',
} as const;

/** A state as a chip: PatternFly's label by its style sheet alone, since a long list has thousands of them. */
export const StateLabel = ({ state }: { readonly state: string }) => (
  <span className={`pf-v6-c-label pf-m-compact ${MODIFIERS[colorOf(state)]}`}>
    <span className="pf-v6-c-label__content">
      <span className="pf-v6-c-label__text">{state}</span>
    </span>
  </span>
);
