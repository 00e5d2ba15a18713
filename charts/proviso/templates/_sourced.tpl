{{/*
The objects of the files that a pattern names, with the chart's labels, in the namespace of the release. Takes root, pattern,
and perhaps keep: names of objects that stay when the chart is uninstalled, `*` for all.
*/}}
{{- define "proviso.sourced" -}}
{{- $root := .root -}}
{{- $keep := .keep | default list -}}
{{- range $path, $_ := $root.Files.Glob .pattern }}
{{- range $text := $root.Files.Get $path | replace "namespace: proviso-system" (printf "namespace: %q" $root.Release.Namespace) | replace "proviso-system" $root.Release.Namespace | splitList "\n---\n" }}
{{- $object := fromYaml $text }}
{{- if $object.Error }}{{ fail (printf "%s: %s" $path $object.Error) }}{{ end }}
{{- if ne $object.kind "Namespace" }}
{{- $metadata := $object.metadata }}
{{- $labels := mergeOverwrite (dict) ($metadata.labels | default dict) (include "proviso.labels" $root | fromYaml) }}
{{- if not $root.Values.rbac.aggregate }}
{{- range tuple "view" "edit" "admin" }}{{ $_ := unset $labels (printf "rbac.authorization.k8s.io/aggregate-to-%s" .) }}{{ end }}
{{- end }}
{{- $_ := set $metadata "labels" $labels }}
{{- if and (eq $object.kind "ClusterRole") (eq $metadata.name "proviso-operator") $root.Values.operator.secretNamespaces }}
{{- $_ := set $object "rules" (include "proviso.rulesWithSecrets" (dict "rules" $object.rules "are" false) | fromJsonArray) }}
{{- end }}
{{- $annotations := $metadata.annotations | default dict }}
{{- if or (has "*" $keep) (has $metadata.name $keep) }}{{ $_ := set $annotations "helm.sh/resource-policy" "keep" }}{{ end }}
{{- if eq $object.kind "ServiceAccount" }}
{{- $component := trimPrefix "proviso-" $metadata.name }}
{{- $annotations = merge $annotations (index $root.Values $component).serviceAccountAnnotations }}
{{- end }}
{{- if $annotations }}{{ $_ := set $metadata "annotations" $annotations }}{{ end }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Those of the rules that are about Secrets, or are not. Takes rules and are; a list in JSON. */}}
{{- define "proviso.rulesWithSecrets" -}}
{{- $found := list -}}
{{- range .rules -}}{{- if eq (has "secrets" .resources) $.are -}}{{- $found = append $found . -}}{{- end -}}{{- end -}}
{{- toJson $found -}}
{{- end }}
