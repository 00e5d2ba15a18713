{{/* Labels of an object that is no part of a component. */}}
{{- define "proviso.labels" -}}
{{- include "proviso.labelsOf" (dict "root" .) -}}
{{- end }}

{{/*
Labels of an object: takes root, and perhaps component and more, which can't say otherwise than the chart. `managed-by: proviso`
is for what the operator makes, so that of Helm stands here.
*/}}
{{- define "proviso.labelsOf" -}}
{{- $chart := .root.Chart -}}
{{- $own := dict
  "helm.sh/chart" (printf "%s-%s" $chart.Name $chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/version" $chart.AppVersion
  "app.kubernetes.io/managed-by" .root.Release.Service
  "app.kubernetes.io/part-of" "proviso" -}}
{{- $selector := dict -}}
{{- if .component -}}{{- $selector = include "proviso.selector" . | fromYaml -}}{{- end -}}
{{- merge $selector $own (deepCopy (.more | default dict)) (deepCopy .root.Values.commonLabels) | toYaml -}}
{{- end }}

{{/* What a Deployment and a Service choose pods by. Takes root and component. */}}
{{- define "proviso.selector" -}}
app.kubernetes.io/name: proviso
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "proviso.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "proviso.endpoint" -}}
{{- $port := int .Values.receiver.service.port -}}
{{ .Values.endpoint | default (printf "https://proviso-receiver.%s.svc%s" .Release.Namespace (eq $port 443 | ternary "" (printf ":%d" $port))) }}
{{- end }}

{{/* The host that the operator's certificate is for. */}}
{{- define "proviso.host" -}}
{{- (urlParse (include "proviso.endpoint" .)).host | splitList ":" | first -}}
{{- end }}

{{/* Whether all pods have to be on one node, since they share a volume that only one node can have. */}}
{{- define "proviso.onOneNode" -}}
{{- if and (eq .Values.evidence.provider "filesystem") (eq .Values.evidence.filesystem.accessMode "ReadWriteOnce") -}}yes{{- end -}}
{{- end }}

{{- define "proviso.archivedOnly" -}}
{{- if or (eq (toString .Values.archive.archivedOnly) "true") (and (eq (toString .Values.archive.archivedOnly) "auto") (ne .Values.archive.type "none")) -}}yes{{- end -}}
{{- end }}

{{- define "proviso.severalReceivers" -}}
{{- if or (gt (int .Values.receiver.replicas) 1) .Values.receiver.autoscaling.enabled -}}yes{{- end -}}
{{- end }}
