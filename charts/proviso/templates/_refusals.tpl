{{/* Values that are each allowed and together would lose something, or could never work. */}}
{{- define "proviso.refusals" -}}
{{- $v := .Values -}}
{{- $several := include "proviso.severalReceivers" . -}}
{{- $fs := $v.evidence.filesystem -}}
{{- if and $several (eq $v.archive.type "sqlite") -}}
{{- fail "archive.type is sqlite, a file that only one receiver can fill, and receiver.replicas or receiver.autoscaling asks for several: set archive.type to postgres, or have one receiver" -}}
{{- end -}}
{{- if and $several (include "proviso.onOneNode" .) -}}
{{- fail "evidence.filesystem.accessMode is ReadWriteOnce, and receiver.replicas or receiver.autoscaling asks for several receivers, which could not all reach the evidence: set it to ReadWriteMany with a storageClass that has it, set evidence.provider to s3 or oci, or have one receiver" -}}
{{- end -}}
{{- if and (eq $v.archive.type "none") (eq (toString $v.archive.archivedOnly) "true") -}}
{{- fail "archive.archivedOnly is true and archive.type is none, so no finished run could ever be removed: set archive.type to sqlite or postgres, or archive.archivedOnly to auto" -}}
{{- end -}}
{{- if and (eq $v.archive.type "postgres") (not $v.archive.postgres.existingSecret) -}}
{{- fail "archive.type is postgres and archive.postgres.existingSecret is empty: name a Secret in the namespace of the release that holds the address under the key of archive.postgres.key" -}}
{{- end -}}
{{- if eq $v.evidence.provider "s3" -}}
{{- if not $v.evidence.s3.bucket -}}
{{- fail "evidence.provider is s3 and evidence.s3.bucket is empty: name a bucket that is there already" -}}
{{- end -}}
{{- if eq (empty $v.evidence.s3.credentialsSecret) (empty $v.evidence.s3.roleArn) -}}
{{- fail "evidence.provider is s3: give exactly one of evidence.s3.credentialsSecret and evidence.s3.roleArn" -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.evidence.provider "oci") (not $v.evidence.oci.repository) -}}
{{- fail "evidence.provider is oci and evidence.oci.repository is empty: name the host of a registry and a repository that nobody else uses" -}}
{{- end -}}
{{- if $v.receiver.autoscaling.enabled -}}
{{- if gt (int $v.receiver.autoscaling.minReplicas) (int $v.receiver.autoscaling.maxReplicas) -}}
{{- fail "receiver.autoscaling.minReplicas is more than receiver.autoscaling.maxReplicas" -}}
{{- end -}}
{{- if not (dig "requests" "cpu" "" $v.receiver.resources) -}}
{{- fail "receiver.autoscaling needs receiver.resources.requests.cpu: the load is measured against it" -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.certificates.source "cert-manager") (not $v.certificates.certManager.issuerRef.name) -}}
{{- fail "certificates.source is cert-manager and certificates.certManager.issuerRef.name is empty: name an issuer" -}}
{{- end -}}
{{- include "proviso.refusals.outside" . -}}
{{- include "proviso.refusals.cluster" . -}}
{{- end }}

{{/* TLS that is passed through ends at the receiver, so its certificate has to be for the host that was asked for. */}}
{{- define "proviso.refusals.outside" -}}
{{- $v := .Values -}}
{{- $host := include "proviso.host" . -}}
{{- if and $v.ingress.enabled (not $v.ingress.host) -}}
{{- fail "ingress.enabled is true and ingress.host is empty: TLS is passed through by the host that was asked for" -}}
{{- end -}}
{{- if ne $v.gateway.kind "none" -}}
{{- if not $v.gateway.parentRefs -}}
{{- fail (printf "gateway.kind is %s and gateway.parentRefs is empty: name a Gateway" $v.gateway.kind) -}}
{{- end -}}
{{- if not $v.gateway.hostnames -}}
{{- fail (printf "gateway.kind is %s and gateway.hostnames is empty: name a host" $v.gateway.kind) -}}
{{- end -}}
{{- end -}}
{{- $passed := list -}}
{{- if $v.ingress.enabled -}}{{- $passed = append $passed $v.ingress.host -}}{{- end -}}
{{- if eq $v.gateway.kind "TLSRoute" -}}{{- $passed = concat $passed $v.gateway.hostnames -}}{{- end -}}
{{- range $passed -}}
{{- if and (ne . $host) (eq $v.certificates.source "operator") -}}
{{- fail (printf "TLS for %s is passed through to the receiver, and the operator's certificate is for %s alone: set endpoint to https://%s, or certificates.source to cert-manager or secret" . $host .) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What only the cluster knows; without one, in `helm template`, nothing is asked. */}}
{{- define "proviso.refusals.cluster" -}}
{{- $v := .Values -}}
{{- $isConnected := lookup "v1" "Namespace" "" "kube-system" -}}
{{- if and $isConnected (eq $v.certificates.source "secret") -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace "proviso-receiver-tls" | default dict -}}
{{- range tuple "tls.crt" "tls.key" "ca.crt" -}}
{{- if not (hasKey ($secret.data | default dict) .) -}}
{{- fail (printf "certificates.source is secret, and there is no Secret proviso-receiver-tls with the key %s in the namespace %s: make it first, or the operator makes one" . $.Release.Namespace) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and $isConnected (ne $v.evidence.provider "none") (.Capabilities.APIVersions.Has "proviso.dev/v1alpha1/EvidenceStore") -}}
{{- $there := lookup "proviso.dev/v1alpha1" "EvidenceStore" "" $v.evidence.name | default dict -}}
{{- $was := include "proviso.place" ($there.spec | default dict) -}}
{{- $is := include "proviso.place" (include "proviso.evidenceSpec" . | fromYaml) -}}
{{- if and $there (ne $was $is) -}}
{{- fail (printf "the EvidenceStore %s is %s, and these values say %s: what it holds would not be found any more. Set evidence.name to another name, and move the old store to that one: see docs/evidencestore.md" $v.evidence.name $was $is) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* Where a store is, in words. */}}
{{- define "proviso.place" -}}
{{- if .filesystem -}}the directory {{ .filesystem.path }}
{{- else if .s3 -}}the bucket {{ .s3.bucket }}/{{ .s3.prefix }}{{ with .s3.endpoint }} at {{ . }}{{ end }}
{{- else if .oci -}}the repository {{ .oci.repository }}
{{- else -}}nothing
{{- end -}}
{{- end }}
