// Command schemas writes a JSON schema for each kind of object, strict enough for kubeconform to find a key
// that does not exist: schemas OUTPUT OPENAPI_DOCUMENT CUSTOM_RESOURCE_DEFINITION...
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

type object = map[string]any

const (
	reference      = "#/definitions/"
	objectMetadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
)

// Written as strings or as numbers, which the document itself does not say.
var stringsOrNumbers = map[string]string{
	"io.k8s.apimachinery.pkg.util.intstr.IntOrString": "integer",
	"io.k8s.apimachinery.pkg.api.resource.Quantity":   "number",
}

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: schemas OUTPUT OPENAPI_DOCUMENT CUSTOM_RESOURCE_DEFINITION..."))
	}
	output := os.Args[1]
	fail(os.MkdirAll(output, 0o755))
	definitions := read(os.Args[2])["definitions"].(object)
	for name, alternative := range stringsOrNumbers {
		definitions[name] = stringOr(alternative)
	}
	for name, definition := range definitions {
		definitions[name] = strict(definition)
	}
	count := 0
	for name, definition := range definitions {
		kinds, _ := definition.(object)["x-kubernetes-group-version-kind"].([]any)
		if len(kinds) != 1 {
			continue // no object of its own, or a list of options that many groups share
		}
		kind := kinds[0].(object)
		write(output, kind["group"], kind["version"], kind["kind"], definitions[name].(object), definitions)
		count++
	}
	for _, path := range os.Args[3:] {
		specification := read(path)["spec"].(object)
		kind := specification["names"].(object)["kind"]
		for _, version := range specification["versions"].([]any) {
			schema := version.(object)["schema"].(object)["openAPIV3Schema"].(object)
			schema["properties"].(object)["metadata"] = object{"$ref": reference + objectMetadata}
			write(output, specification["group"], version.(object)["name"], kind, strict(schema).(object), definitions)
			count++
		}
	}
	fmt.Printf("%d kinds\n", count)
}

// read takes JSON too, which is YAML.
func read(path string) object {
	text, err := os.ReadFile(path)
	fail(err)
	var document object
	fail(yaml.Unmarshal(text, &document))
	return document
}

// strict is a schema that refuses what it does not name.
func strict(node any) any {
	if list, ok := node.([]any); ok {
		for i := range list {
			list[i] = strict(list[i])
		}
		return list
	}
	schema, ok := node.(object)
	if !ok {
		return node
	}
	if schema["x-kubernetes-int-or-string"] == true || schema["format"] == "int-or-string" {
		return stringOr("integer")
	}
	properties, named := schema["properties"].(object)
	for name, property := range properties {
		properties[name] = strict(property)
	}
	for key, value := range schema {
		if key != "properties" { // names there are no keywords
			schema[key] = strict(value)
		}
	}
	_, open := schema["additionalProperties"]
	if named && !open && schema["x-kubernetes-preserve-unknown-fields"] != true {
		schema["additionalProperties"] = false
	}
	if kind, ok := schema["type"].(string); ok && schema["nullable"] == true {
		schema["type"] = []any{kind, "null"}
	}
	return schema
}

func stringOr(alternative string) object {
	return object{"oneOf": []any{object{"type": "string"}, object{"type": alternative}}}
}

// write names the file as kubeconform looks for it, and puts beside the schema what it refers to.
func write(output string, group, version, kind any, schema object, definitions object) {
	apiVersion := version
	suffix := fmt.Sprint("-", version)
	if group != "" {
		apiVersion = fmt.Sprint(group, "/", version)
		suffix = fmt.Sprint("-", strings.Split(group.(string), ".")[0], "-", version)
	}
	whole := object{}
	for key, value := range schema {
		whole[key] = value
	}
	properties := object{}
	for key, value := range schema["properties"].(object) {
		properties[key] = value
	}
	properties["apiVersion"] = object{"const": apiVersion}
	properties["kind"] = object{"const": kind}
	whole["properties"] = properties
	required, _ := whole["required"].([]any)
	whole["required"] = append(append([]any{}, required...), "apiVersion", "kind", "metadata")
	needed := object{}
	collect(whole, definitions, needed)
	whole["definitions"] = needed
	text := &bytes.Buffer{}
	fail(json.NewEncoder(text).Encode(whole))
	name := strings.ToLower(kind.(string)) + suffix + ".json"
	fail(os.WriteFile(filepath.Join(output, name), text.Bytes(), 0o644))
}

// collect adds the definitions that a node refers to, directly or through others.
func collect(node any, definitions, needed object) {
	switch value := node.(type) {
	case []any:
		for _, element := range value {
			collect(element, definitions, needed)
		}
	case object:
		for key, element := range value {
			target, isText := element.(string)
			name, refers := strings.CutPrefix(target, reference)
			if key != "$ref" || !isText || !refers {
				collect(element, definitions, needed)
			} else if _, known := needed[name]; !known {
				needed[name] = definitions[name]
				collect(definitions[name], definitions, needed)
			}
		}
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "schemas:", err)
		os.Exit(1)
	}
}
