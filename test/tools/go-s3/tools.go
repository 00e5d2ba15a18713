//go:build tools

// Package tools names the S3 server of the tests, so that the module file keeps its dependencies. It is a module of its own:
// what it needs doesn't change what the other tools are built of.
package tools

import _ "github.com/versity/versitygw/cmd/versitygw"
