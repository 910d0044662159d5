/** What iPXE knows a script by; nothing may stand before it. */
const MAGIC = '#!ipxe';

/** How long a machine that got no script rests before it asks again, in seconds. */
const REST_S = 10;

/** The texts that are no documents of their own: what a machine boots, and the answers of its installer. */
export type BootType = 'boot_script' | 'pxe_template';

/** A boot script as iPXE reads it. */
export const bootScript = (text: string): string => `${MAGIC}\n\n${text}`;

/** What is said in the place of a text that could not be rendered. */
export const faultText = (type: BootType, message: string): string =>
  type === 'boot_script' ? bootScript(`echo ${echoed(message)}\n`) : `# ${message.replaceAll(/\s+/g, ' ')}\n`;

/**
 * A script for a machine that nothing can be given to: it shows why, and fails after a while, so that it asks again.
 * @param answer what anybody else is answered: text, JSON with a message, or a script that says what is at fault
 */
export function refusalScript(answer: string): string {
  const message = /"message":"([^"]*)"/.exec(answer)?.[1] ?? answer.replace(bootScript('echo '), '');
  return bootScript(`echo ${echoed(message) || 'Nothing is to be booted'}\nsleep ${REST_S}\nexit 1\n`);
}

/** Words that iPXE shows as they are: nothing in them is expanded, ends the line or begins a command. */
const echoed = (message: string): string => message.replaceAll(/[^\w.,:()/=+@%<>[\]*!?-]+/g, ' ').trim();

/** Whether a request comes from iPXE: it runs no script of an answer that is not status 200, and none that is empty. */
export const isIpxe = (userAgent: string | undefined): boolean => userAgent?.startsWith('iPXE/') === true;
