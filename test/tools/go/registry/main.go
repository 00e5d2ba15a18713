// Command registry serves an OCI registry with referrers on loopback that keeps everything in memory:
// go-containerregistry's, which has no command of its own for that.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	port := flag.Int("port", 0, "port on loopback")
	flag.Parse()
	server := http.Server{
		Addr:              fmt.Sprintf("127.0.0.1:%d", *port),
		Handler:           registry.New(registry.WithReferrersSupport(true)),
		ReadHeaderTimeout: 10 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
