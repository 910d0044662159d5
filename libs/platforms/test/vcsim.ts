import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** VMware's simulator of a vCenter, on loopback over HTTPS with a certificate of its own. */
export interface Vcsim {
  /** `127.0.0.1:port`. */
  readonly host: string;
  stop(): Promise<void>;
}

export const VCSIM_LOGIN = { username: 'user', password: 'pass' };

/** Where Debian has the source of the simulator. */
const SOURCES = '/usr/share/gocode';

/** A vCenter with the datacenter DC0, the cluster DC0_C0 of two hosts, and a machine in it. */
const PROGRAM = `package main

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/vmware/govmomi/simulator"
)

func main() {
	model := simulator.VPX()
	model.Machine = 1
	model.ClusterHost = 2
	if err := model.Create(); err != nil {
		panic(err)
	}
	defer model.Remove()
	model.Service.Listen = &url.URL{Host: "127.0.0.1:0", User: url.UserPassword("user", "pass")}
	model.Service.TLS = new(tls.Config)
	server := model.Service.NewServer()
	defer server.Close()
	fmt.Println(server.URL.Host)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
}
`;

/** Builds it and starts it. Needs `go` and the package `golang-github-vmware-govmomi-dev` of Debian. */
export async function startVcsim(): Promise<Vcsim> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-vcsim-'));
  const source = path.join(folder, 'src', 'vcsim');
  await mkdir(source, { recursive: true });
  await writeFile(path.join(source, 'main.go'), PROGRAM);
  const program = path.join(folder, 'vcsim');
  // What was compiled for an earlier run is taken from Go's own cache.
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: `${folder}:${SOURCES}` };
  await promisify(execFile)('go', ['build', '-o', program, 'vcsim'], { env });
  const child = spawn(program, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [host] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(([code]) => {
      throw new Error(`vcsim ended with ${String(code)}`);
    }),
  ])) as [string];
  return {
    host,
    stop: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
