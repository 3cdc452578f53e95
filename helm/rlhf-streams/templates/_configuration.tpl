{{/* rlhf.yaml: what was configured, and where broker and registry are. */}}
{{- define "rlhf.configuration" -}}
{{- $connection := dict
      "bootstrap-servers" (required "kafka.bootstrapServers: name the brokers, host:port separated by commas" .Values.kafka.bootstrapServers)
      "schema-registry-url" (required "registry.url: name a registry that speaks Confluent's REST API" .Values.registry.url)
      "topic-prefix" .Values.kafka.topicPrefix -}}
{{- $all := dict "connection" $connection -}}
{{- with .Values.kafka.settings }}{{ $_ := set $all "kafka" . }}{{ end -}}
{{- with .Values.registry.settings }}{{ $_ := set $all "schema-registry" . }}{{ end -}}
{{- $config := deepCopy .Values.config -}}
{{- if .Values.people.enabled -}}
{{/* Two responses make a question, and a reward model that learns changes what its points mean. */}}
{{- $config = merge $config (dict "sampling" (dict "samples" 2) "learner" (dict "score-normalisation" "per-version")) -}}
{{- end -}}
{{- mergeOverwrite $config $all | toYaml -}}
{{- end }}

{{/* Roles that learn, and sign what they publish. */}}
{{- define "rlhf.learns" -}}
{{- if has .component (list "learner" "reward-learner") -}}
true
{{- end -}}
{{- end }}

{{/* Roles that read weights. */}}
{{- define "rlhf.readsWeights" -}}
{{- if has .component (list "evaluation-worker" "reward-service" "rollout-worker") -}}
true
{{- end -}}
{{- end }}

{{/* Whether a role gets the keys whose weights it takes: learners with their own, readers if they check. */}}
{{- define "rlhf.trusts" -}}
{{- $weights := .root.Values.weights -}}
{{- if and $weights.trustedKeys.secret (or (include "rlhf.learns" .) (and $weights.checked (include "rlhf.readsWeights" .))) -}}
true
{{- end -}}
{{- end }}

{{/* The environment of a role: (dict "root" $ "role" VALUES "component" NAME) */}}
{{- define "rlhf.environment" -}}
{{- $root := .root -}}
- name: HEAP_PERCENTAGE
  value: {{ .role.heapPercentage | quote }}
{{- with $root.Values.javaOptions }}
- name: RLHF_JAVA_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- with $root.Values.logLevel }}
- name: RLHF_LOG_LEVEL
  value: {{ . | quote }}
{{- end }}
{{- with $root.Values.tracing.endpoint }}
- name: OTEL_TRACES_EXPORTER
  value: otlp
- name: OTEL_EXPORTER_OTLP_ENDPOINT
  value: {{ . | quote }}
- name: OTEL_SERVICE_NAME
  value: {{ $.component }}
{{- end }}
{{- range $section, $name := dict "kafka" "KAFKA" "registry" "SCHEMA_REGISTRY" }}
{{- range $setting, $value := (index $.role $section).settings }}
- name: RLHF_{{ $name }}_{{ $setting | replace "." "_" | upper }}
  value: {{ $value | quote }}
{{- end }}
{{- $common := (index $root.Values $section).secretSettings }}
{{- range $setting, $reference := mergeOverwrite (deepCopy $common) (index $.role $section).secretSettings }}
- name: RLHF_{{ $name }}_{{ $setting | replace "." "_" | upper }}
  valueFrom:
    secretKeyRef: {name: {{ $reference.secret | quote }}, key: {{ $reference.key | quote }}}
{{- end }}
{{- end }}
{{- if and (include "rlhf.learns" .) $root.Values.weights.signingKey.secret }}
- name: RLHF_WEIGHTS_SIGNING_KEY_FILE
  value: /secrets/weights-signing-key/{{ $root.Values.weights.signingKey.key }}
{{- end }}
{{- if include "rlhf.trusts" . }}
- name: RLHF_WEIGHTS_TRUSTED_KEYS_FILE
  value: /secrets/weights-trusted-keys/{{ $root.Values.weights.trustedKeys.key }}
{{- end }}
{{- if and $root.Values.people.enabled (has .component (list "controller" "people")) }}
- name: RLHF_PEOPLE_ENABLED
  value: "true"
{{- end }}
{{- if eq .component "people" }}
- name: RLHF_PEOPLE_HOST
  value: 0.0.0.0
- name: RLHF_PEOPLE_HTTP_PORT
  value: "8080"
- name: RLHF_PEOPLE_TOKENS_FILE
  value: /secrets/people-tokens/{{ $root.Values.people.tokens.key }}
{{- end }}
{{- if eq .component "reward-learner" }}
- name: RLHF_LEARNER_OBJECTIVE
  value: reward
- name: RLHF_RANGE_UNTIL
  value: never
- name: RLHF_LEARNER_MAX_STEPS
  value: "0"
- name: RLHF_LEARNER_SCORE_NORMALISATION
  value: none
{{- if include "rlhf.evaluates" $root }}
- name: RLHF_LEARNER_EVALUATE_EVERY
  value: "0"
- name: RLHF_LEARNER_EARLY_STOP_PATIENCE
  value: "0"
{{- end }}
{{- end }}
{{- if eq .component "evaluation-worker" }}
- name: RLHF_ROLLOUT_WORKER_EVALUATION
  value: "true"
{{- end }}
{{- with .role.environment }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Secrets that a role sees as files, directory to secret: (dict "root" $ "role" VALUES "component" NAME) */}}
{{- define "rlhf.secretFiles" -}}
{{- $files := mergeOverwrite (deepCopy .root.Values.secretFiles) .role.secretFiles -}}
{{- if and (include "rlhf.learns" .) .root.Values.weights.signingKey.secret -}}
{{- $_ := set $files "weights-signing-key" .root.Values.weights.signingKey.secret -}}
{{- end -}}
{{- if include "rlhf.trusts" . -}}
{{- $_ := set $files "weights-trusted-keys" .root.Values.weights.trustedKeys.secret -}}
{{- end -}}
{{- if eq .component "people" -}}
{{- $_ := set $files "people-tokens" (required "people.tokens.secret: name a secret with the file that rlhf people token makes; without tokens everyone who reaches the pages may do everything" .root.Values.people.tokens.secret) -}}
{{- end -}}
{{- toYaml $files -}}
{{- end }}
