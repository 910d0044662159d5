import { allModels, familyOf } from '../model/models.ts';
import type { Model } from '../model/types.ts';
import type { Selection } from '../list/use-whole-list.ts';

/** A list of objects that refer to one: by which field, and how they are asked for. */
export interface Related {
  readonly model: Model;
  readonly field: string;
  readonly selection: Selection;
  /** Whether the server tells all of the list, so that those are left out here that refer to others. */
  readonly isWhole: boolean;
}

/** Models that have the same objects as their base model are not told twice. */
const isDouble = ({ base }: Model): boolean =>
  base !== undefined && allModels.some(({ path, can }) => path === base && can.list !== undefined);

/** Who may refer to an object of a model, as the declarations of fields say. */
export function relatedTo(path: string, id: string | number, models: readonly Model[] = allModels): readonly Related[] {
  const family = familyOf(path);
  return models
    .filter((model) => model.can.list !== undefined && !isDouble(model))
    .flatMap((model) =>
      Object.entries(model.fields)
        .filter(([, { type, model: to }]) => type === 'reference' && to !== undefined && familyOf(to) === family)
        .map(([field]): Related => {
          const filter = filterBy(model, field);
          return {
            model,
            field,
            selection: filter === undefined ? {} : { filter, parameters: { [parameterOf(model, filter, field)]: id } },
            isWhole: filter === undefined,
          };
        }),
    );
}

/** The name of a filter that takes what a field refers to. */
function filterBy({ filters }: Model, field: string): string | undefined {
  if (filters[field] && field in filters[field]) return field;
  if (field === 'networked' && filters['structure']) return 'structure';
  const selection = filters['selection'];
  return selection && field === 'blueprint' && field in selection ? 'selection' : undefined;
}

const parameterOf = ({ filters }: Model, filter: string, field: string): string =>
  filters[filter] && field in filters[filter] ? field : filter;
