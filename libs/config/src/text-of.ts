import type { Json } from '#kernel';
import { shown } from './jinja/text.ts';
import { fromJson } from './jinja/values.ts';

/** A value as it stands in text: `True`, `None`, `[1, 'a']`, `{'k': 1}`. */
export const textOf = (value: Json): string => shown(fromJson(value));
