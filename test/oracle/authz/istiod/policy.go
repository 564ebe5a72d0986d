package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/go-multierror"
	"istio.io/api/annotation"
	security "istio.io/api/security/v1beta1"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/config/validation"
	"istio.io/istio/pkg/util/protomarshal"
)

// metadata is what a policy of a pluginConfig has beside the fields of AuthorizationPolicy.
type metadata struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	// DryRun stands for the annotation istio.io/dry-run.
	DryRun bool `json:"dryRun"`
}

// readPolicy reads a policy as istiod reads the resource. It fails on what the resource has no field for, and on values
// of a wrong type.
func readPolicy(raw json.RawMessage) (model.AuthorizationPolicy, error) {
	var about metadata
	if err := readObject(raw, &about); err != nil {
		return model.AuthorizationPolicy{}, err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return model.AuthorizationPolicy{}, err
	}
	for _, name := range []string{"name", "namespace", "dryRun"} {
		delete(fields, name)
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return model.AuthorizationPolicy{}, err
	}
	spec := &security.AuthorizationPolicy{}
	if err := protomarshal.ApplyJSONStrict(string(text), spec); err != nil {
		return model.AuthorizationPolicy{}, fmt.Errorf("unreadable policy %s.%s: %w", about.Name, about.Namespace, err)
	}
	policy := model.AuthorizationPolicy{Name: about.Name, Namespace: about.Namespace, Spec: spec}
	if about.DryRun {
		policy.Annotations = map[string]string{annotation.IoIstioDryRun.Name: "true"}
	}
	return policy, nil
}

// refusals gives what istiod's validation has against a policy, each message on a line of its own.
func refusals(policy model.AuthorizationPolicy) []string {
	_, err := validation.ValidateAuthorizationPolicy(config.Config{
		Meta: config.Meta{
			GroupVersionKind: gvk.AuthorizationPolicy,
			Name:             policy.Name,
			Namespace:        policy.Namespace,
			Annotations:      policy.Annotations,
		},
		Spec: policy.Spec,
	})
	if err == nil {
		return nil
	}
	var several *multierror.Error
	if !errors.As(err, &several) {
		several = &multierror.Error{Errors: []error{err}}
	}
	var messages []string
	for _, one := range several.Errors {
		// A message that quotes others quotes them as a list of lines.
		messages = append(messages, strings.Join(strings.Fields(one.Error()), " "))
	}
	return messages
}
