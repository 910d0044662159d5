/** A moment so many whole seconds after another one; both ISO 8601 with microseconds. */
export function later(moment: string, seconds: number): string {
  const whole = new Date(Date.parse(`${moment.slice(0, 19)}Z`) + seconds * 1000).toISOString();
  return `${whole.slice(0, 19)}${moment.slice(19)}`;
}
