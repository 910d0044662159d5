/** What iPXE knows a script by; nothing may stand before it. */
const MAGIC = '#!ipxe';

/** How long a machine that got no script rests before it asks again, in seconds. */
const REST_S = 10;

/** A boot script as iPXE reads it. */
export const bootScript = (text: string): string => `${MAGIC}\n\n${text}`;

/** A script that shows why there is none, and fails after a while, so that the machine asks again. */
export const failingScript = (message: string): string =>
  bootScript(`echo ${echoed(message) || 'Nothing is to be booted'}\nsleep ${REST_S}\nexit 1\n`);

/** How often a server that is away is asked for a script before a machine goes on to its next boot device, and how soon again, in seconds. */
const TRIES = 24;
const AGAIN_S = 5;

/** A script that runs the one at a URL, and waits for two minutes where that cannot be had: a server that starts anew loses nobody. */
export const waitingScript = (url: string): string =>
  bootScript(`set tries:int32 0
:ask
imgfetch --name script ${url} && goto run ||
inc tries
iseq \${tries} ${TRIES} && goto none ||
echo The server is asked again in ${AGAIN_S} s
sleep ${AGAIN_S}
goto ask
:run
imgexec script && exit 0 || exit 1
:none
echo The server did not answer
exit 1
`);

/** Words that iPXE shows as they are: nothing in them is expanded, ends the line or begins a command. */
export const echoed = (message: string): string => message.replaceAll(/[^\w.,:()/=+@%<>[\]*!?-]+/g, ' ').trim();

/** Whether a request comes from iPXE: it runs no script of an answer that is not status 200, and none that is empty. */
export const isIpxe = (userAgent: string | undefined): boolean => userAgent?.startsWith('iPXE/') === true;
