import { inWords } from '../model/labels.ts';
import { Difference as Change } from '../change/preview-view.tsx';
import type { Difference } from './history.ts';

/** Where a difference is: the field in words, then the keys in it as they are. */
const placeOf = ([field = '', ...rest]: readonly string[]): string => [inWords(field), ...rest].join(' › ');

/** What is different, field by field: before and after, or the lines that went and came. */
export const DifferenceList = ({ differences }: { readonly differences: readonly Difference[] }) => (
  <ul className="ct-changes">
    {differences.map(({ path, before, after, lines, secret }) => (
      <li key={path.join('\u0000')}>
        {placeOf(path)}{' '}
        {lines ? (
          <pre className="ct-text">
            {lines.map(({ op, line, text }) => (
              <span key={`${op}${line}`} className={op === '+' ? 'ct-added' : 'ct-removed'}>
                {op === '+' ? '+' : '−'} {text}
                {'\n'}
              </span>
            ))}
          </pre>
        ) : secret ? (
          <em>has another secret value</em>
        ) : (
          <Change before={before} after={after} />
        )}
      </li>
    ))}
  </ul>
);
