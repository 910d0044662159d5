import type { Json } from '#kernel';
import { isSecretName } from './secret-names.ts';
import { unmarked } from './jinja/secret-mark.ts';
import { shown } from './jinja/text.ts';
import { fromJson } from './jinja/values.ts';

/** A value as it stands in text: `True`, `None`, `[1, 'a']`, `{'k': 1}`; secrets in it are masked. */
export const textOf = (value: Json): string => unmarked(shown(fromJson(value, isSecretName)));
