import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { keys } from '../api/query-keys.ts';
import { pathOf, send } from '../api/request.ts';
import { mayUse, useSession } from '../api/session.ts';
import { findModel } from './models.ts';
import { isKnownByName, objectName } from './object-name.ts';
import { objectPath } from './places.ts';
import type { Row } from './types.ts';

/** How long a reference must be shown before its name is asked for, in milliseconds: rows that only pass by are not. */
const SHOWN_MS = 100;

interface ReferenceLinkProps {
  readonly model: string;
  readonly id: string | number;
  /** As of which position of the log it is named; now, unless said. */
  readonly at?: string | undefined;
}

/** A link to the object of a model, by its name where its id is a number; that stands there until the name is known. */
export function ReferenceLink({ model, id, at }: ReferenceLinkProps) {
  const session = useSession();
  const known = findModel(model);
  const isNamed = known !== undefined && isKnownByName(known) && mayUse(session, known.can.show);
  const isShown = useIsShown();
  const { data: name } = useQuery({
    queryKey: keys.about(model, id, 'name', at ?? null),
    queryFn: async ({ signal }) =>
      objectName((await send<Row>('GET', pathOf(model, id), { query: { at }, signal })).body),
    enabled: isNamed && isShown,
  });
  return (
    <Link to={objectPath(model, id)} {...(name ? { title: `${known?.path.split('/')[1]} ${id}` } : {})}>
      {name || String(id)}
    </Link>
  );
}

/** Whether what is shown has been there for a moment. */
function useIsShown(): boolean {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  return isShown;
}
