module proviso.dev/tools/archivista

go 1.26.0

require (
	github.com/in-toto/archivista v0.11.1
)

require (
	filippo.io/edwards25519 v1.1.0 // indirect
	github.com/digitorus/pkcs7 v0.0.0-20230818184609-3a137a874352 // indirect
	github.com/digitorus/timestamp v0.0.0-20231217203849-220c5c2851b7 // indirect
	github.com/edwarnicke/gitoid v0.0.0-20220710194850-1be5bfda1f9d // indirect
	github.com/in-toto/go-witness v0.9.1 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	go.step.sm/crypto v0.61.0 // indirect
	golang.org/x/crypto v0.42.0 // indirect
	golang.org/x/mod v0.28.0 // indirect
	golang.org/x/sys v0.36.0 // indirect
)
