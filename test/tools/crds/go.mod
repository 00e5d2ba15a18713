module proviso.dev/tools/crds

go 1.26.0

require (
	github.com/argoproj/argo-workflows/v4 v4.0.5
	github.com/tektoncd/pipeline v1.15.0
)
