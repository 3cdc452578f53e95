{{/* Requests and limits, the GPUs among them: VALUES of a role */}}
{{- define "rlhf.resources" -}}
{{- $resources := deepCopy .resources -}}
{{- with .gpu -}}
{{- if .count -}}
{{- $_ := set $resources "limits" (merge (dict .resource .count) ($resources.limits | default dict)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end }}

{{/* Nobody's: no root, no capability, nothing to write but volumes. */}}
{{- define "rlhf.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "rlhf.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "rlhf.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "rlhf.secretMounts" -}}
{{- range $directory, $_ := . }}
- {name: secret-{{ $directory }}, mountPath: /secrets/{{ $directory }}, readOnly: true}
{{- end }}
{{- end }}

{{- define "rlhf.secretVolumes" -}}
{{- range $directory, $secret := . }}
- name: secret-{{ $directory }}
  secret: {secretName: {{ $secret | quote }}, defaultMode: 0440}
{{- end }}
{{- end }}

{{/* What every pod writes, and its configuration: (dict "root" $ "configuration" NAME) */}}
{{- define "rlhf.commonVolumes" -}}
- name: configuration
  configMap: {name: {{ .configuration }}}
- name: temporary
  emptyDir: {sizeLimit: {{ .root.Values.scratch.temporarySizeLimit }}}
- name: native
{{- with .root.Values.scratch.nativeExistingClaim }}
  persistentVolumeClaim: {claimName: {{ . | quote }}}
{{- else }}
  emptyDir: {sizeLimit: {{ .root.Values.scratch.nativeSizeLimit }}}
{{- end }}
{{- end }}

{{- define "rlhf.commonMounts" -}}
- {name: configuration, mountPath: /etc/rlhf, readOnly: true}
- {name: temporary, mountPath: /tmp}
- {name: native, mountPath: /native}
{{- end }}

{{/*
The pod of a role that runs all the time:
(dict "root" $ "role" VALUES "component" NAME "state" true if /state is a claim named state)
*/}}
{{- define "rlhf.pod" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $role := .role -}}
{{- $secrets := include "rlhf.secretFiles" . | fromYaml -}}
{{- $models := ne .component "people" -}}
metadata:
  labels:
    # No more than this: another version of the chart alone starts no other pods.
    {{- include "rlhf.selector" . | nindent 4 }}
    {{- with $role.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Another configuration starts other pods.
    checksum/configuration: {{ include "rlhf.configuration" $root | sha256sum }}
    {{- if $values.metrics.annotations }}
    prometheus.io/scrape: "true"
    prometheus.io/port: "8090"
    prometheus.io/path: /metrics
    {{- end }}
    {{- with $role.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "rlhf.serviceAccount" $root }}
  automountServiceAccountToken: false
  # A service named rlhf-… would put RLHF_… variables here, and those are settings.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $role.terminationGracePeriodSeconds }}
  securityContext:
    {{- include "rlhf.podSecurity" . | nindent 4 }}
  {{- with $values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - {name: {{ . | quote }}}
    {{- end }}
  {{- end }}
  {{- with $role.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with $role.runtimeClassName }}
  runtimeClassName: {{ . | quote }}
  {{- end }}
  {{- with $role.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $role.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $role.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $role.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if and $models (not $values.models.existingClaim) }}
  initContainers:
    - name: models
      image: {{ required "models: set models.existingClaim, or models.fetch.image for a container that fills /models" $values.models.fetch.image | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      {{- with $values.models.fetch.command }}
      command: {{ toJson . }}
      {{- end }}
      {{- with $values.models.fetch.args }}
      args: {{ toJson . }}
      {{- end }}
      {{- with $values.models.fetch.environment }}
      env:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      resources:
        {{- toYaml $values.models.fetch.resources | nindent 8 }}
      securityContext:
        {{- include "rlhf.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - {name: models, mountPath: /models}
        - {name: temporary, mountPath: /tmp}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ include "rlhf.image" $root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [{{ get (dict "reward-learner" "learner" "evaluation-worker" "rollout-worker") .component | default .component }}, --config, /etc/rlhf/rlhf.yaml]
      env:
        {{- include "rlhf.environment" . | nindent 8 }}
      ports:
        - {name: http, containerPort: 8090}
        {{- if eq .component "people" }}
        - {name: people, containerPort: 8080}
        {{- end }}
      startupProbe:
        httpGet: {path: /health, port: http}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: {{ div (add $role.startupSeconds 4) 5 }}
      livenessProbe:
        httpGet: {path: /health, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /ready, port: http}
        periodSeconds: 5
        timeoutSeconds: 5
      resources:
        {{- include "rlhf.resources" $role | nindent 8 }}
      securityContext:
        {{- include "rlhf.containerSecurity" . | nindent 8 }}
      volumeMounts:
        {{- include "rlhf.commonMounts" . | nindent 8 }}
        - {name: state, mountPath: /state}
        {{- if $models }}
        - name: models
          mountPath: /models
          readOnly: true
          {{- with $values.models.subPath }}
          subPath: {{ . | quote }}
          {{- end }}
        {{- end }}
        {{- include "rlhf.secretMounts" $secrets | trim | nindent 8 }}
  volumes:
    {{- include "rlhf.commonVolumes" (dict "root" $root "configuration" (include "rlhf.fullname" $root)) | nindent 4 }}
    {{- if $models }}
    - name: models
    {{- with $values.models.existingClaim }}
      persistentVolumeClaim: {claimName: {{ . | quote }}, readOnly: true}
    {{- else }}
      emptyDir: {sizeLimit: {{ $values.models.sizeLimit }}}
    {{- end }}
    {{- end }}
    {{- if not .state }}
    - name: state
      emptyDir: {}
    {{- else if $role.state.existingClaim }}
    - name: state
      persistentVolumeClaim: {claimName: {{ $role.state.existingClaim | quote }}}
    {{- end }}
    {{- include "rlhf.secretVolumes" $secrets | trim | nindent 4 }}
{{- end }}

{{/* A role without a volume of its own: (dict "root" $ "role" VALUES "component" NAME) */}}
{{- define "rlhf.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "rlhf.fullname" .root }}-{{ .component }}
  labels:
    {{- include "rlhf.labels" . | nindent 4 }}
spec:
  {{- if not .scaled }}
  replicas: {{ .role.replicas }}
  {{- end }}
  strategy:
    {{- toYaml .role.strategy | nindent 4 }}
  selector:
    matchLabels:
      {{- include "rlhf.selector" . | nindent 6 }}
  template:
    {{- include "rlhf.pod" (merge (dict "state" false) .) | nindent 4 }}
{{- end }}

{{/* A role with a volume of its own: (dict "root" $ "role" VALUES "component" NAME) */}}
{{- define "rlhf.statefulSet" -}}
{{- $name := printf "%s-%s" (include "rlhf.fullname" .root) .component -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  labels:
    {{- include "rlhf.labels" . | nindent 4 }}
spec:
  replicas: {{ .role.replicas }}
  serviceName: {{ $name }}
  podManagementPolicy: Parallel
  selector:
    matchLabels:
      {{- include "rlhf.selector" . | nindent 6 }}
  template:
    {{- include "rlhf.pod" (merge (dict "state" true) .) | nindent 4 }}
  {{- if not .role.state.existingClaim }}
  # What it has written outlives the release.
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: state
        labels:
          {{- include "rlhf.selector" . | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .role.state.storageClass }}
        storageClassName: {{ . | quote }}
        {{- end }}
        resources:
          requests: {storage: {{ .role.state.size }}}
  {{- end }}
{{- end }}
