import type { ComponentType } from 'react';
import type { Session } from '../api/session.ts';
import type { Model, Row } from '../model/types.ts';

/** What a tab of an object's page is given. */
export interface TabProps {
  readonly model: Model;
  readonly id: string | number;
  readonly row: Row;
}

/** What stands beside the title of an object is given. */
export interface ActionProps extends TabProps {
  /** Of the state that is shown. */
  readonly etag: string | undefined;
}

/** Something beside the title of an object. */
export interface ObjectAction {
  readonly id: string;
  readonly applies: (model: Model, session: Session, row: Row) => boolean;
  readonly Component: ComponentType<ActionProps>;
}

/** A tab of the pages of objects. */
export interface ObjectTab {
  /** As it stands in the URL: `?tab=history`. */
  readonly id: string;
  readonly label: string;
  /** Whether objects of this model have it, for somebody with this session. */
  readonly applies: (model: Model, session: Session, row: Row) => boolean;
  readonly Component: ComponentType<TabProps>;
}
