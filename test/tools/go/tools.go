//go:build tools

// Package tools names the programs of the tests, so that the module file keeps their dependencies.
package tools

import (
	_ "github.com/sigstore/cosign/v2/cmd/cosign"
	_ "github.com/sigstore/cosign/v3/cmd/cosign"
	_ "github.com/sigstore/fulcio"
	_ "github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix"
	_ "github.com/sigstore/rekor/cmd/rekor-server"
	_ "github.com/transparency-dev/tesseract/cmd/tesseract/posix"
)
