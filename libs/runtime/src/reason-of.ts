/** What an error says, in one line; one that stands for several attempts says nothing itself. */
export function reasonOf(error: unknown): string {
  const { message, errors } = (error ?? {}) as Partial<AggregateError>;
  if (Array.isArray(errors) && errors.length > 0) return errors.map(reasonOf).join(', ');
  return (message ?? String(error)).replaceAll(/\s+/g, ' ').trim();
}
