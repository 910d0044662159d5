import type { StackLevel } from './status-stack.ts';

/** What a script is in the middle of: each block with how far it is, and how long that took and may still take. */
export const StackView = ({ levels }: { readonly levels: readonly StackLevel[] }) => (
  <ol className="ct-levels" aria-label="Where the script is">
    {levels.map(({ percent, description, elapsed, remaining, isOverdue, call, isDispatched }, depth) => (
      <li key={`${depth} ${description} ${call ?? ''}`} className={isOverdue ? 'ct-overdue' : undefined}>
        {call === undefined ? (
          <>
            <strong>{description || 'Script'}</strong>{' '}
            {percent.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 })} %
            {elapsed !== undefined && <span className="ct-small"> Elapsed: {elapsed}</span>}
            {remaining !== undefined && <span className="ct-small"> Remaining: {remaining}</span>}
            {isOverdue && <span className="ct-late"> overdue</span>}
          </>
        ) : (
          <>
            <code>{call}</code> {isDispatched && <strong>Task Dispatched</strong>}
          </>
        )}
      </li>
    ))}
  </ol>
);
