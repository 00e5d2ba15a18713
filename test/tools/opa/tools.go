//go:build tools

// Package tools names the program, so that the module file keeps its dependencies. It has a module of its own, since its
// many dependencies need not agree with those of the other tools.
package tools

import _ "github.com/open-policy-agent/opa"
