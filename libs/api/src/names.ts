/** Names of most things: letters, digits, `_` and `-`, not beginning with the last two. */
export const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/;

/** Whether clients of all kinds can write this id in a URI; many take the segments `.` and `..` out of a path. */
export const isAddressable = (id: unknown): boolean =>
  typeof id !== 'string' || id === '' || /^(?!\.\.?$)[a-zA-Z0-9\-_.!~*']+$/.test(id);
