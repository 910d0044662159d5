import { inspect } from 'node:util';
import { expect, it } from '@jest/globals';
import { ClearText } from './clear-text.ts';
import { CreateFirstUser } from './first-user.commands.ts';
import { ChangePassword, SetPassword } from './password.commands.ts';
import { Login } from './session.commands.ts';

const PASSWORD = 'correct horse';

it.each([
  new Login('root', new ClearText(PASSWORD)),
  new ChangePassword(new ClearText(PASSWORD), new ClearText(PASSWORD)),
  new SetPassword('root', new ClearText(PASSWORD)),
  new CreateFirstUser(new ClearText(PASSWORD)),
])('a password stands in nothing that is written of $commandName', (command) => {
  const values = Object.values(command) as unknown[];
  const written = [
    JSON.stringify(command),
    inspect(command, { depth: 9, showHidden: true }),
    values.map(String).join(),
  ];
  for (const text of written) {
    expect(text).not.toContain(PASSWORD);
    expect(text).toContain('********');
  }
});

it('a password is revealed to whoever checks it', () => {
  expect(new ClearText(PASSWORD).reveal()).toBe(PASSWORD);
});
