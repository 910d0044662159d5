import { Link } from 'react-router';
import { objectPath } from './places.ts';

/** A link to the object of a model. */
export const ReferenceLink = ({ model, id }: { readonly model: string; readonly id: string | number }) => (
  <Link to={objectPath(model, id)}>{String(id)}</Link>
);
