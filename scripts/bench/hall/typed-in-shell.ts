import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Types into the shell of a machine what ends it.
 * @param socket the file of its console, a socket
 * @returns what the shell has said before: `root of 6.1.0-57-amd64`
 */
export async function typedInShell(socket: string): Promise<string> {
  const console_ = connect(socket);
  await once(console_, 'connect');
  console_.write('\n');
  let said = '';
  let isAsked = false;
  for await (const part of console_) {
    said += String(part);
    if (!isAsked && said.includes('# ')) {
      isAsked = true;
      console_.write('echo "$(whoami) of $(uname -r)"; sleep 1; poweroff -f\n');
    }
    const [, answer] = /^(root of \S+)\r?\n/m.exec(said) ?? [];
    if (answer !== undefined) return answer;
  }
  throw new Error(`the shell says nothing but ${said}`);
}
