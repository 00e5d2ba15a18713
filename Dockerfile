# Proviso's one image: operator, receiver and CLI, Node, and OPA for policies in Rego. It runs as 65532, with a read-only
# root and a writable /tmp, and there is no shell in it. `make image` builds it with what is there.
#
# What the stages begin with, each to be replaced by a mirror or pinned by digest with --build-arg:
ARG GO_IMAGE=docker.io/library/golang:1.26-bookworm
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
# The C and C++ libraries that Node needs, and the authorities of TLS.
ARG BASE_IMAGE=gcr.io/distroless/cc-debian12:nonroot
# An image with what the stage of that name makes, to take it from there instead.
ARG OPA=opa-build
ARG MODULES=modules-install

# OPA, as its module is pinned, and which modules it was linked of.
FROM ${GO_IMAGE} AS opa-build
WORKDIR /src
COPY test/tools/opa/ ./
RUN CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -o /out/opa github.com/open-policy-agent/opa && \
    go version -m /out/opa >/out/opa.modules
FROM ${OPA} AS opa

FROM ${NODE_IMAGE} AS modules-install
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# Node itself comes with them, from the lock file like the rest.
RUN ["npm", "ci", "--loglevel=error"]
FROM ${MODULES} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc LICENSE ./
COPY crds/ crds/
COPY scripts/ scripts/
COPY src/ src/
COPY --from=opa /out/ /out/
RUN ["node_modules/.bin/node", "scripts/image/assemble.ts", "/out", "/image"]

FROM ${BASE_IMAGE}
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG BASE_IMAGE
LABEL org.opencontainers.image.title="Proviso" \
      org.opencontainers.image.description="A Kubernetes operator that gives a cluster its own supply-chain control plane" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
COPY --from=build /image/ /
ENV NODE_ENV=production PATH=/usr/local/bin:/usr/bin:/bin
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/usr/local/bin/node", "/app/main.mjs"]
CMD ["--help"]
