# Everything a developer types. Node 24 comes as an npm package; any Node from 20 on is enough to install it.
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help check test test-fault test-fault-long soak bench bench-load bench-intake bench-growth bench-operator bench-verify bench-policy bench-materials bench-evidence bench-submissions bench-rego demo dev build cli image gen report-picture fix clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

node_modules/.installed: package.json package-lock.json
	npm ci --no-fund --no-audit --loglevel=error
	@touch $@

check: node_modules/.installed ## Types, lint, format, generated files, import directions, sizes
	node scripts/check.ts

test: check ## check, then every test; closes with 'N passed, N failed', and tells which needed a second try
	node test/controlplane/prepare.ts
	node test/runner/main.ts --jobs 3 --again 3

test-fault: node_modules/.installed ## Only what is done to the runtime: watches, connections, clusters, kills
	node test/controlplane/prepare.ts
	node test/runner/main.ts --notes test/fault test/integration/lease.test.ts

test-fault-long: node_modules/.installed ## 200 kills of receiver and operator at random points of a running workload, and 200 with S3
	node test/controlplane/prepare.ts
	PROVISO_KILLS=200 node test/fault/kill.test.ts
	PROVISO_KILLS=200 node test/fault/kill-s3.test.ts

soak: node_modules/.installed ## A mixed load with restarts for PROVISO_SOAK_MINUTES (30), and whether anything grows meanwhile
	node test/controlplane/prepare.ts
	node test/soak/main.ts

bench: node_modules/.installed ## The budgets of the design beside what limits them, in about ten minutes: tables, JSON and Markdown
	node test/controlplane/prepare.ts
	node test/bench/main.ts

bench-intake: node_modules/.installed ## Provenance in one request each, into a receiver and into Archivista; PROVISO_BENCH_ENVELOPES of them
	node test/bench/intake/main.ts

bench-load: node_modules/.installed ## Submissions per second beside the API server's ceiling, and how long they take at constant rates
	node test/bench/load/main.ts

bench-growth: node_modules/.installed ## Starts, memory and submissions among 1,000, 5,000, 10,000 and 50,000 runs; PROVISO_BENCH_SIZES names others
	node test/bench/growth/main.ts

bench-operator: node_modules/.installed ## The operator among 10,000 workflows and runs, as a table; PROVISO_BENCH_SIZE=200 is quick
	node test/bench/operator/main.ts

bench-verify: node_modules/.installed ## Verification beside raw node:crypto and @sigstore/verify, and the loop meanwhile
	node test/bench/verify/main.ts

bench-policy: node_modules/.installed ## Evaluations of policies in CEL per second beside the library, and what policies add to an add
	node test/bench/policy/main.ts

bench-materials: node_modules/.installed ## Inspection of documents of 50 MB beside their parsers, and its memory; PROVISO_BENCH_MB=5 is quick
	node test/bench/materials/main.ts

bench-evidence: node_modules/.installed ## 1 GiB into every kind of evidence store and out, beside hashing it into a file, and by cp, rclone and oras; PROVISO_BENCH_MB=64 is quick
	node test/bench/evidence/main.ts

bench-submissions: node_modules/.installed ## Submissions per second with an archive in SQLite, in PostgreSQL, and with none
	node test/bench/submissions/main.ts

bench-rego: node_modules/.installed ## Evaluations of policies in Rego per second, beside OPA as a server
	node test/bench/rego/main.ts

demo: node_modules/.installed ## The whole story on a real API server, with real input
	node scripts/demo.ts

dev: node_modules/.installed ## The same, left running; prints the KUBECONFIG to use
	node scripts/demo.ts --keep

build: node_modules/.installed ## Bundles into dist/
	node scripts/build.ts

cli: node_modules/.installed ## The CLI as one file for any Node and as one executable, in dist/cli-single/
	node scripts/cli.ts

image: node_modules/.installed ## The image, with docker, podman or buildah; IMAGE=NAME:TAG names it
	node scripts/image.ts

gen: node_modules/.installed ## Write the generated files again
	node scripts/gen.ts

report-picture: node_modules/.installed ## docs/report.png again, in a real browser
	node scripts/report-picture.ts

fix: node_modules/.installed ## Format and apply safe fixes
	biome check --write .

clean: ## Remove what was built and installed
	rm -rf dist node_modules tmp
