package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	mesh "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking"
	"istio.io/istio/pilot/pkg/networking/plugin/authz"
)

// set is what one proxy has to do with: the policies of its mesh, and what istiod knows of the proxy.
type set struct {
	TrustDomain        string            `json:"trustDomain"`
	TrustDomainAliases []string          `json:"trustDomainAliases"`
	RootNamespace      string            `json:"rootNamespace"`
	Namespace          string            `json:"namespace"`
	Labels             map[string]string `json:"labels"`
	// Waypoint: the peer is known from filter state, and policies are selected as for a waypoint.
	Waypoint bool `json:"waypoint"`
	// Direction is INBOUND (gateways included) or OUTBOUND, for which Istio has no authorization.
	Direction string            `json:"direction"`
	Policies  []json.RawMessage `json:"policies"`
}

// translation is what istiod makes of a set.
type translation struct {
	// Filters are the typed_config of the HTTP filters in their order, as JSON with Envoy's field names.
	Filters []json.RawMessage `json:"filters"`
	// Refused says what keeps a policy from being accepted. Filters are then what a mesh that does not validate installs.
	Refused string `json:"refused,omitempty"`
}

// translate never fails: what is wrong is told in Refused.
func translate(raw json.RawMessage) (result translation) {
	defer func() {
		if trouble := recover(); trouble != nil {
			result = unreadable(fmt.Errorf("istiod's code panicked: %v", trouble))
		}
	}()
	one := set{TrustDomain: "cluster.local", RootNamespace: "istio-system", Direction: "INBOUND"}
	if err := readObject(raw, &one); err != nil {
		return unreadable(err)
	}
	class, err := one.listenerClass()
	if err != nil {
		return unreadable(err)
	}
	policies, refused, err := one.readPolicies()
	if err != nil {
		return unreadable(err)
	}
	filters, err := one.build(class, policies)
	if err != nil {
		return unreadable(err)
	}
	return translation{Filters: filters, Refused: strings.Join(refused, "\n")}
}

// readObject reads JSON into a struct or map. For Go null is an object without keys; here it is a mistake.
func readObject(raw json.RawMessage, into any) error {
	if string(raw) == "null" {
		return errors.New("null is no object")
	}
	return json.Unmarshal(raw, into)
}

func unreadable(err error) translation {
	return translation{Filters: []json.RawMessage{}, Refused: err.Error()}
}

func (one set) listenerClass() (networking.ListenerClass, error) {
	switch one.Direction {
	case "INBOUND":
		return networking.ListenerClassSidecarInbound, nil
	case "OUTBOUND":
		return networking.ListenerClassSidecarOutbound, nil
	}
	return 0, fmt.Errorf("direction must be INBOUND or OUTBOUND, not %q", one.Direction)
}

// readPolicies gives the policies by namespace, and what validation has against them. A name can be there only once in
// a namespace, as in Kubernetes: a second one would silently replace rules of the first.
func (one set) readPolicies() (map[string][]model.AuthorizationPolicy, []string, error) {
	policies := map[string][]model.AuthorizationPolicy{}
	named := map[string]bool{}
	var refused []string
	for _, raw := range one.Policies {
		policy, err := readPolicy(raw)
		if err != nil {
			return nil, nil, err
		}
		name := policy.NamespacedName().String()
		if named[name] {
			return nil, nil, fmt.Errorf("two policies are named %s", name)
		}
		named[name] = true
		refused = append(refused, refusals(policy)...)
		policies[policy.Namespace] = append(policies[policy.Namespace], policy)
	}
	return policies, refused, nil
}

// build selects the proxy's policies and builds its filters, both as istiod does for a listener.
func (one set) build(class networking.ListenerClass, policies map[string][]model.AuthorizationPolicy) ([]json.RawMessage, error) {
	push := model.NewPushContext()
	push.Mesh = &mesh.MeshConfig{
		TrustDomain:        one.TrustDomain,
		TrustDomainAliases: one.TrustDomainAliases,
		RootNamespace:      one.RootNamespace,
	}
	push.AuthzPolicies = &model.AuthorizationPolicies{NamespaceToPolicies: policies, RootNamespace: one.RootNamespace}
	proxy := &model.Proxy{Type: model.SidecarProxy, ConfigNamespace: one.Namespace, Labels: one.Labels}
	if one.Waypoint {
		proxy.Type = model.Waypoint
	}
	filters := []json.RawMessage{}
	for _, filter := range authz.NewBuilder(authz.Local, push, proxy, one.Waypoint).BuildHTTP(class) {
		text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(filter.GetTypedConfig())
		if err != nil {
			return nil, err
		}
		filters = append(filters, text)
	}
	return filters, nil
}
