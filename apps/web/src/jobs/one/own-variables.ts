/** Whether a variable is the script's own: those of modules have the name of theirs in front. */
export const isOwn = (name: string): boolean => !name.includes('.');
