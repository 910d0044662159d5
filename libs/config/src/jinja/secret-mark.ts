import { MASK } from '#kernel';
import { TemplateFault } from './fault.ts';

/**
 * Stands in a template for a secret: text like any other, so it can be joined, and is known again wherever it comes to.
 * It says nothing of the secret, and nobody outside of the process can write it. In the end a mask takes its place.
 */
export const SECRET_MARK = `~secret-${crypto.randomUUID().replaceAll('-', '')}~`;

/** Whether a value of a template is a secret, or text with one in it. */
export const isSecret = (value: unknown): boolean => typeof value === 'string' && value.includes(SECRET_MARK);

/** Text as it is shown: with masks in the place of secrets. */
export const unmarked = (text: string): string => text.replaceAll(SECRET_MARK, MASK);

/** What is thrown where something is done with a secret that is not done with secrets. */
export const secretFault = (what: string): TemplateFault =>
  new TemplateFault('SecurityError', `a secret cannot be ${what}`);

/** Whether a value of a template is a secret, or holds one at any depth. */
export function holdsSecret(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isSecret(value);
  if (value instanceof Map) return [...value.values()].some(holdsSecret);
  const items = 'items' in value && Array.isArray(value.items) ? value.items : value;
  return Array.isArray(items) && items.some(holdsSecret);
}
