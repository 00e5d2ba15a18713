//go:build tools

// Package tools names what evidence stores are compared with. It is a module of its own, that only the benchmark needs.
package tools

import (
	_ "oras.land/oras/cmd/oras"
)
