{{/* What the pods of both have in common, around their container. Takes root, component, port and container. */}}
{{- define "proviso.podTemplate" -}}
{{- $root := .root -}}
{{- $own := index $root.Values .component -}}
metadata:
  labels: {{- include "proviso.labelsOf" (dict "root" $root "component" .component "more" $own.podLabels) | nindent 4 }}
  {{- $annotations := dict "kubectl.kubernetes.io/default-container" .component }}
  {{- /* The list is read at the start. */}}
  {{- with $root.Values.oidcIssuers }}{{ $_ := set $annotations "checksum/oidc-issuers" (toJson . | sha256sum) }}{{ end }}
  annotations: {{- merge $annotations (deepCopy $own.podAnnotations) | toYaml | nindent 4 }}
spec:
  serviceAccountName: proviso-{{ .component }}
  automountServiceAccountToken: true
  enableServiceLinks: false
  # A receiver goes on for 5 seconds, until nobody is sent to it any more, and then has 8 for what is under way.
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    {{- if $root.Values.podSecurity.setIds }}
    runAsUser: {{ $root.Values.podSecurity.runAsUser }}
    runAsGroup: {{ $root.Values.podSecurity.runAsUser }}
    fsGroup: {{ $root.Values.podSecurity.fsGroup }}
    fsGroupChangePolicy: OnRootMismatch
    {{- end }}
    seccompProfile: {type: RuntimeDefault}
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with $own.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $own.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- include "proviso.placement" . | nindent 2 }}
  containers:
    - name: {{ .component }}
      image: {{ include "proviso.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      {{- .container | nindent 6 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        capabilities: {drop: [ALL]}
      startupProbe:
        httpGet: {path: /livez, port: health}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /livez, port: health}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: health}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      resources: {{- toYaml $own.resources | nindent 8 }}
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if eq $root.Values.evidence.provider "filesystem" }}
        - {name: evidence, mountPath: /var/lib/proviso/evidence}
        {{- end }}
        {{- if and (eq .component "receiver") (eq $root.Values.archive.type "sqlite") }}
        - {name: archive, mountPath: /var/lib/proviso/archive}
        {{- end }}
        {{- if $root.Values.oidcIssuers }}
        - {name: oidc-issuers, mountPath: /etc/proviso/oidc, readOnly: true}
        {{- end }}
        {{- if include "proviso.webIdentity" $root }}
        - {name: web-identity, mountPath: /var/run/secrets/proviso, readOnly: true}
        {{- end }}
        {{- with $own.extraVolumeMounts }}{{ toYaml . | nindent 8 }}{{ end }}
  volumes:
    # Metadata of trust roots, and what policies in Rego are evaluated from.
    - name: tmp
      emptyDir: {sizeLimit: 1Gi}
    {{- if eq $root.Values.evidence.provider "filesystem" }}
    - name: evidence
      persistentVolumeClaim: {claimName: {{ $root.Values.evidence.filesystem.existingClaim | default "proviso-evidence" | quote }}}
    {{- end }}
    {{- if and (eq .component "receiver") (eq $root.Values.archive.type "sqlite") }}
    - name: archive
      persistentVolumeClaim: {claimName: {{ $root.Values.archive.sqlite.existingClaim | default "proviso-archive" | quote }}}
    {{- end }}
    {{- if $root.Values.oidcIssuers }}
    - name: oidc-issuers
      configMap: {name: proviso-oidc-issuers}
    {{- end }}
    {{- if include "proviso.webIdentity" $root }}
    - name: web-identity
      projected:
        sources:
          - serviceAccountToken: {path: token, audience: {{ $root.Values.evidence.s3.tokenAudience | quote }}, expirationSeconds: 3600}
    {{- end }}
    {{- with $own.extraVolumes }}{{ toYaml . | nindent 4 }}{{ end }}
{{- end }}

{{- define "proviso.webIdentity" -}}
{{- if and (eq .Values.evidence.provider "s3") .Values.evidence.s3.roleArn -}}yes{{- end -}}
{{- end }}

{{/* Flags of both. */}}
{{- define "proviso.commonArgs" -}}
- --namespace={{ .Release.Namespace }}
- --log-level={{ .Values.logLevel }}
{{- if .Values.oidcIssuers }}
- --oidc-issuers=/etc/proviso/oidc/issuers.json
{{- end }}
{{- if include "proviso.webIdentity" . }}
- --web-identity-token-file=/var/run/secrets/proviso/token
{{- with .Values.evidence.s3.stsEndpoint }}
- {{ printf "--sts-endpoint=%s" . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* On which nodes: all on one, where the volume wants it, else apart. */}}
{{- define "proviso.placement" -}}
{{- $root := .root -}}
{{- $own := index $root.Values .component -}}
{{- $selector := include "proviso.selector" (dict "root" $root "component" .component) -}}
{{- $affinity := deepCopy $own.affinity -}}
{{- if include "proviso.onOneNode" $root -}}
{{- $labels := dict "app.kubernetes.io/name" "proviso" "app.kubernetes.io/instance" $root.Release.Name -}}
{{- /* Of both, or the first of each would wait for the other; and not of the test, which may be anywhere. */ -}}
{{- $both := dict "key" "app.kubernetes.io/component" "operator" "In" "values" (list "operator" "receiver") -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" $labels "matchExpressions" (list $both)) -}}
{{- $affinity = merge $affinity (dict "podAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term))) -}}
{{- else if not $affinity.podAntiAffinity -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (fromYaml $selector)) -}}
{{- $preferred := dict "weight" 100 "podAffinityTerm" $term -}}
{{- $_ := set $affinity "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list $preferred)) -}}
{{- end -}}
affinity: {{- toYaml $affinity | nindent 2 }}
{{- if or $own.topologySpreadConstraints (not (include "proviso.onOneNode" $root)) }}
{{- $spread := $own.topologySpreadConstraints | default (list (dict "maxSkew" 1 "topologyKey" "topology.kubernetes.io/zone" "whenUnsatisfiable" "ScheduleAnyway")) }}
topologySpreadConstraints:
{{- range $spread }}
  - {{- merge (dict) . (dict "labelSelector" (dict "matchLabels" (fromYaml $selector))) | toYaml | nindent 4 }}
{{- end }}
{{- end }}
{{- end }}
