import type { NavigationEntry } from '../app/navigation.ts';
import { nounOf } from '../model/labels.ts';
import type { Model } from '../model/types.ts';

/** Something one can have the pages do by its name: it leads somewhere, or makes an object of a model. */
export type Command = { readonly label: string } & ({ readonly path: string } | { readonly create: Model });

/** What there is to choose from. */
interface Known {
  readonly pages: readonly NavigationEntry[];
  /** Further pages, such as those of one's own account. */
  readonly others: readonly { readonly label: string; readonly path: string; readonly permission?: string }[];
  readonly models: readonly Model[];
  /** Whether one may do what takes a permission. */
  readonly may: (permission: string | undefined) => boolean;
}

const article = (noun: string): string => (/^[aeiou]/i.test(noun) ? 'an' : 'a');

const inSentence = (noun: string): string =>
  /^[A-Z]{2}/.test(noun) ? noun : noun.slice(0, 1).toLowerCase() + noun.slice(1);

/** All commands somebody may use: the pages, then what can be created. */
export function commandsOf({ pages, others, models, may }: Known): Command[] {
  const places = [...pages, ...others].filter(({ permission }) => permission === undefined || may(permission));
  return [
    ...places.map(({ label, path }) => ({ label: `Go to ${label}`, path })),
    ...models
      .filter(({ can }) => can.create !== undefined && may(can.create))
      .map((create) => {
        const noun = inSentence(nounOf(create.path));
        return { label: `Create ${article(noun)} ${noun}`, create };
      }),
  ];
}
