// Command timestamps serves Sigstore's timestamp authority on loopback, with a key and a chain that it makes up in memory.
// It is the authority's own API server. Its own command isn't used because that also takes port 2112 for its metrics, so
// that only one could run on a machine.
package main

import (
	"flag"
	"log"
	"time"

	"github.com/sigstore/timestamp-authority/v2/pkg/server"
	"github.com/spf13/viper"
)

// The policy under which the authority says it works, as its own command has it.
const policy = "1.3.6.1.4.1.57264.2"

func main() {
	port := flag.Int("port", 0, "port on loopback")
	flag.Parse()
	viper.Set("timestamp-signer", "memory")
	viper.Set("timestamp-signer-hash", "sha256")
	viper.Set("default-policy-oid", policy)
	viper.Set("accepted-policy-oids", []string{policy})
	viper.Set("max-request-body-size", 1<<20)
	api := server.NewRestAPIServer("127.0.0.1", *port, []string{"http"}, false, 30*time.Second, 30*time.Second)
	log.Fatal(api.Serve())
}
