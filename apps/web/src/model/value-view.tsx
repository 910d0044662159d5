import type { ReactNode } from 'react';
import { ReferenceLink } from './reference-link.tsx';
import { StateLabel } from './state-label.tsx';
import { TimeText } from './time-text.tsx';
import type { Value } from './types.ts';
import { isBlank, valueText } from './value-text.ts';

/** What stands where there is no value. */
const None = () => <span className="ct-none">–</span>;

interface ValueViewProps {
  readonly name: string;
  readonly of: Value;
  readonly value: unknown;
  /** In one line, as in a list. */
  readonly short?: boolean;
  /** The position of the log as of which it is shown; now, unless said. */
  readonly at?: string | undefined;
}

/** A value of the API as it is shown: references as links, states as chips, times as how long ago. */
export function ValueView({ name, of, value, short = false, at: moment }: ValueViewProps): ReactNode {
  if (isBlank(value)) return <None />;
  if (Array.isArray(value) && of.type !== 'map') {
    return (
      <ul className={short ? 'ct-inline-list' : 'ct-list'}>
        {value.map((one, at) => (
          <li key={`${at} ${valueText(one)}`}>
            <ValueView name={name} of={of} value={one} short={short} at={moment} />
          </li>
        ))}
      </ul>
    );
  }
  if (of.type === 'reference' && of.model !== undefined)
    return <ReferenceLink model={of.model} id={value as string | number} at={moment} />;
  if (of.type === 'time') return <TimeText time={String(value)} />;
  if (of.type === 'boolean') return value === true ? 'Yes' : 'No';
  if (name === 'state') return <StateLabel state={valueText(value)} />;
  if (typeof value === 'object')
    return short ? <code>{JSON.stringify(value)}</code> : <MapView value={value as object} />;
  const text = valueText(value);
  return !short && text.includes('\n') ? <pre className="ct-text">{text}</pre> : text;
}

/** A map as a small table of its keys; lists and maps in it as JSON. */
export const MapView = ({ value }: { readonly value: object }) => (
  <table className="ct-map">
    <tbody>
      {Object.entries(value).map(([key, one]: [string, unknown]) => (
        <tr key={key}>
          <th scope="row">{key}</th>
          <td>
            <code>{typeof one === 'string' ? one : JSON.stringify(one)}</code>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
