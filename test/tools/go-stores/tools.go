//go:build tools

// Package tools names the stores that evidence is kept in, so that the module file keeps their dependencies. It is a module of
// its own: what they need doesn't change what the other tools are built of.
package tools

import (
	_ "github.com/distribution/distribution/v3/cmd/registry"
	_ "github.com/versity/versitygw/cmd/versitygw"
)
