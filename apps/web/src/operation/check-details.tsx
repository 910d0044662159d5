import { Fragment } from 'react';
import type { ReactNode } from 'react';
import { inWords } from '../model/labels.ts';
import { TimeText } from '../model/time-text.tsx';

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

const isMoment = (value: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value);

/** What is told by name, without what is nothing. */
const told = (of: object): readonly (readonly [string, unknown])[] =>
  Object.entries(of).filter(([, value]) => !isNothing(value));

/** What a check of the health says beside its status. */
export function CheckDetails({ details }: { readonly details: object }) {
  const lines = told(details);
  if (lines.length === 0) return null;
  return (
    <table className="ct-map ct-check">
      <tbody>
        {lines.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{inWords(name)}</th>
            <td>{shown(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function shown(value: unknown): ReactNode {
  if (typeof value === 'string') return isMoment(value) ? <TimeText time={value} /> : value;
  if (Array.isArray(value)) {
    return value.map((one: unknown, n) => <div key={n}>{shown(one)}</div>);
  }
  if (typeof value !== 'object' || value === null) return String(value);
  return told(value).map(([name, one], n) => (
    <Fragment key={name}>
      {n > 0 && ', '}
      {inWords(name).toLowerCase()} {shown(one)}
    </Fragment>
  ));
}
