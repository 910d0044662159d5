import type { Json } from '#kernel';
import { IntegralFloat } from '#kernel';
import { TEMPLATE_MARK } from './check-template.ts';

/** Whether rendering may change a value: a text in it, at any depth, is a template or not as plain text comes out. */
export function isUnsettled(value: Json): boolean {
  if (typeof value === 'string') return TEMPLATE_MARK.test(value) || value.endsWith('\n') || value.includes('\r');
  if (typeof value !== 'object' || value === null || IntegralFloat.is(value)) return false;
  return Object.values(value).some((inner) => isUnsettled(inner));
}
