/** A text as a header holds it: its bytes in UTF-8, one to a character, in one line. */
export const headerText = (text: string): string =>
  String.fromCharCode(...new TextEncoder().encode(text.replaceAll(/\s+/g, ' ').trim()));
