{{- define "proviso.evidenceSpec" -}}
{{- $e := .Values.evidence -}}
default: true
maxBlobSize: {{ int64 $e.maxBlobSize }}
{{- with $e.namespaceLabels }}
namespaces:
  matchLabels: {{- toYaml . | nindent 4 }}
{{- end }}
{{- with $e.retention }}
retention: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if eq $e.provider "filesystem" }}
filesystem:
  path: /var/lib/proviso/evidence
{{- else if eq $e.provider "s3" }}
s3:
  bucket: {{ $e.s3.bucket | quote }}
  region: {{ $e.s3.region | quote }}
  {{- with $e.s3.prefix }}
  prefix: {{ . | quote }}
  {{- end }}
  {{- with $e.s3.endpoint }}
  endpoint: {{ . | quote }}
  {{- end }}
  {{- if $e.s3.forcePathStyle }}
  forcePathStyle: true
  {{- end }}
  {{- with $e.s3.ca }}
  ca: {{ toJson . }}
  {{- end }}
  {{- with $e.s3.credentialsSecret }}
  credentialsSecretRef: {name: {{ . | quote }}}
  {{- end }}
  {{- with $e.s3.roleArn }}
  webIdentity: {roleArn: {{ . | quote }}}
  {{- end }}
  {{- with $e.s3.signedUrls }}
  signedUrls: {expiry: {{ . | quote }}}
  {{- end }}
{{- else if eq $e.provider "oci" }}
oci:
  repository: {{ $e.oci.repository | quote }}
  {{- if $e.oci.plainHttp }}
  plainHttp: true
  {{- end }}
  {{- with $e.oci.ca }}
  ca: {{ toJson . }}
  {{- end }}
  {{- with $e.oci.credentialsSecret }}
  credentialsSecretRef: {name: {{ . | quote }}}
  {{- end }}
{{- end }}
{{- end }}
