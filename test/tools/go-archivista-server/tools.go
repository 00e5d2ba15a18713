//go:build tools

// Package tools keeps what is built of other modules in go.mod.
package tools

import _ "github.com/in-toto/archivista/cmd/archivista"
