import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { testAuthority } from '#testing';
import { element, written, Xml, type XmlContent } from '../src/xml/xml.ts';

/**
 * A small server that answers calls of vSphere by their names, with what a spec says; logging in and out it does itself.
 * Whether a vCenter understands the questions it does not check.
 */
export interface VimStandIn {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Methods that were called, in their order. */
  readonly calls: string[];
  stop(): Promise<void>;
}

/** What is answered to a method, by what was asked. @throws VimFault where it is refused */
export type VimAnswers = Readonly<Record<string, (asked: string) => XmlContent>>;

/** A call is refused, with a fault of vSphere. */
export class VimFault extends Error {
  constructor(
    /** `TaskInProgress`. */
    readonly fault: string,
    text: string,
  ) {
    super(text);
  }
}

const service = (name: string) => element(name, name, { type: name });
const SERVICES = ['rootFolder', 'propertyCollector', 'searchIndex', 'viewManager', 'sessionManager'];
const SESSION: VimAnswers = {
  RetrieveServiceContent: () => element('returnval', SERVICES.map(service)),
  Login: () => element('returnval', []),
  Logout: () => [],
};

/** Starts one, over HTTPS with a certificate of its own making. */
export async function startVim(answers: VimAnswers): Promise<VimStandIn> {
  const authority = await testAuthority('vcenter');
  const { cert, key } = await authority.sign('vcenter', 'IP:127.0.0.1');
  const calls: string[] = [];
  const known = { ...SESSION, ...answers };
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    void text(request).then(async (asked) => {
      const method = (await Xml.read(asked)).at('Body')?.all()[0]?.name ?? '';
      calls.push(method);
      const [status, body] = answered(known, method, asked);
      response.writeHead(status).end(written(element('Envelope', element('Body', body))));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
      await authority.remove();
    },
  };
}

function answered(known: VimAnswers, method: string, asked: string) {
  try {
    return [200, element(`${method}Response`, known[method]?.(asked))] as const;
  } catch (thrown) {
    const { fault, message } = thrown as VimFault;
    const detail = element('detail', element(`${fault}Fault`, []));
    return [500, element('Fault', [element('faultcode', 'Server'), element('faultstring', message), detail])] as const;
  }
}
