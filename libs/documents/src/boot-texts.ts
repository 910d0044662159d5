import { bootScript, echoed, failingScript } from '#boot';

/** The texts that are no documents of their own: what a machine boots, and the answers of its installer. */
export type BootType = 'boot_script' | 'pxe_template';

/** What is said in the place of a text that could not be rendered. */
export const faultText = (type: BootType, message: string): string =>
  type === 'boot_script' ? bootScript(`echo ${echoed(message)}\n`) : `# ${message.replaceAll(/\s+/g, ' ')}\n`;

/**
 * A script for a machine that nothing can be given to: it shows why, and fails after a while, so that it asks again.
 * @param answer what anybody else is answered: text, JSON with a message, or a script that says what is at fault
 */
export function refusalScript(answer: string): string {
  const message = /"message":"([^"]*)"/.exec(answer)?.[1] ?? answer.replace(bootScript('echo '), '');
  return failingScript(message);
}
