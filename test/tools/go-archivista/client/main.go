// Command client stores an envelope and fetches it again with Archivista's own client, which is what Tekton Chains and
// Witness post with: `client store URL FILE` prints the gitoid, `client download URL GITOID` the envelope. With
// AUTHORIZATION set it is sent as the header of that name, as Witness does.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	httpclient "github.com/in-toto/archivista/pkg/http-client"
)

func run(action, address, what string) error {
	headers := http.Header{}
	if value := os.Getenv("AUTHORIZATION"); value != "" {
		headers.Set("Authorization", value)
	}
	client, err := httpclient.CreateArchivistaClient(nil, address, httpclient.WithHeaders(headers))
	if err != nil {
		return err
	}
	ctx := context.Background()
	if action == "store" {
		file, err := os.Open(what)
		if err != nil {
			return err
		}
		defer file.Close()
		stored, err := client.StoreWithReader(ctx, file)
		if err != nil {
			return err
		}
		fmt.Println(stored.Gitoid)
		return nil
	}
	envelope, err := client.DownloadDSSE(ctx, what)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(envelope)
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: client store|download URL FILE|GITOID")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
