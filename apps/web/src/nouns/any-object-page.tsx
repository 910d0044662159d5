import { useParams } from 'react-router';
import { NotFound } from '../app/not-found.tsx';
import { findModel, kindsOf } from '../model/models.ts';
import { KindPage } from '../object/kind-page.tsx';
import { ObjectPage } from '../object/object-page.tsx';

/** The page of an object of any model, at `/o/<Namespace>/<Model>/<id>`. */
export function AnyObjectPage() {
  const { namespace, noun, id } = useParams();
  const path = `${namespace}/${noun}`;
  const model = findModel(path);
  const kinds = kindsOf(path).filter(({ can }) => can.show !== undefined);
  if (id === undefined || (kinds.length === 0 && model?.can.show === undefined)) return <NotFound />;
  if (kinds.length === 0) return <ObjectPage path={path} />;
  return <KindPage path={path} id={id} showsOwn={model?.can.show !== undefined} />;
}
