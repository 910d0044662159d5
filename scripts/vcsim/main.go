// A simulator of a vCenter, or of an ESX host by itself, of what the package govmomi has for it.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/vmware/govmomi/simulator"
)

func main() {
	listen := flag.String("l", "127.0.0.1:0", "address and port to listen at, by HTTPS")
	username := flag.String("username", "user", "who may log in")
	password := flag.String("password", "pass", "the password of that user")
	esx := flag.Bool("esx", false, "an ESX host instead of a vCenter")
	machines := flag.Int("vm", 0, "machines that are there in each pool")
	hosts := flag.Int("host", 2, "hosts in the cluster of a vCenter")
	flag.Parse()

	model := simulator.VPX()
	if *esx {
		model = simulator.ESX()
	} else {
		model.ClusterHost = *hosts
	}
	model.Machine = *machines
	defer model.Remove()
	if err := model.Create(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	model.Service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*username, *password)}
	model.Service.TLS = new(tls.Config)
	server := model.Service.NewServer()
	fmt.Println("listening at", server.URL.Host)

	// Whoever has started it is gone once its input ends.
	io.Copy(io.Discard, os.Stdin)
	server.Close()
}
