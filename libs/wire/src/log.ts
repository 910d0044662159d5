/** Where the wire says what it does: one short line and its details. Masking secrets is the business of the log. */
export type WireLog = (
  level: 'info' | 'warn' | 'error',
  text: string,
  details?: Readonly<Record<string, unknown>>,
) => void;
