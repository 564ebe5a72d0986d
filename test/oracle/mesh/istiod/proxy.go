package main

import (
	"encoding/json"
	"maps"
	"slices"

	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	// So that every message that a listener can hold is known by its name.
	_ "istio.io/istio/pkg/config/xds"
	"istio.io/istio/pkg/util/sets"
	"istio.io/istio/pkg/wellknown"
)

// proxy is an Envoy that asks istiod.
type proxy struct {
	Name string `json:"name"`
	// Type is sidecar or router.
	Type           model.NodeType    `json:"type"`
	Namespace      string            `json:"namespace"`
	Labels         map[string]string `json:"labels"`
	ServiceAccount string            `json:"serviceAccount"`
	Address        string            `json:"address"`
}

// configuration is what a proxy gets, as far as it decides about HTTP: JSON with Envoy's field names.
type configuration struct {
	Chains []chain `json:"chains"`
	// Routes are the route configurations that managers name, by their names.
	Routes map[string]json.RawMessage `json:"routes"`
	// Clusters are the names of all that there are.
	Clusters []string `json:"clusters"`
	// Extensions are the configurations of filters that managers name (ECDS), by their names.
	Extensions map[string]json.RawMessage `json:"extensions"`
}

// chain is a filter chain with an HTTP connection manager.
type chain struct {
	Listener string `json:"listener"`
	// Direction is the listener's traffic direction.
	Direction string          `json:"direction"`
	Match     json.RawMessage `json:"match"`
	// Manager is without access logs and tracing, which decide nothing.
	Manager json.RawMessage `json:"manager"`
}

func (one proxy) configured(istiod *core.ConfigGenTest) (configuration, error) {
	node := istiod.SetupProxy(&model.Proxy{
		Type:            one.Type,
		ID:              one.Name + "." + one.Namespace,
		IPAddresses:     []string{one.Address},
		ConfigNamespace: one.Namespace,
		DNSDomain:       one.Namespace + ".svc." + domain,
		Labels:          one.Labels,
		Metadata: &model.NodeMetadata{
			IstioVersion: "1.31.0", Namespace: one.Namespace, Labels: one.Labels, ServiceAccount: one.ServiceAccount,
		},
	})
	found := configuration{Chains: []chain{}, Routes: map[string]json.RawMessage{}, Extensions: map[string]json.RawMessage{}}
	extensions := sets.New[string]()
	routes := sets.New[string]()
	for _, one := range istiod.Listeners(node) {
		chains := one.FilterChains
		if one.DefaultFilterChain != nil {
			chains = append(slices.Clone(chains), one.DefaultFilterChain)
		}
		for _, filterChain := range chains {
			manager, err := managerOf(filterChain)
			if err != nil {
				return found, err
			}
			if manager == nil {
				continue
			}
			for _, filter := range manager.HttpFilters {
				if filter.GetConfigDiscovery() != nil {
					extensions.Insert(filter.Name)
				}
			}
			if name := manager.GetRds().GetRouteConfigName(); name != "" {
				routes.Insert(name)
			}
			manager.AccessLog, manager.Tracing = nil, nil
			text, err := written(manager)
			if err != nil {
				return found, err
			}
			match, err := written(filterChain.FilterChainMatch)
			if err != nil {
				return found, err
			}
			found.Chains = append(found.Chains, chain{
				Listener: one.Name, Direction: one.TrafficDirection.String(), Match: match, Manager: text,
			})
		}
	}
	push := istiod.PushContext()
	for _, extension := range istiod.ConfigGen.BuildExtensionConfiguration(node, push, sets.SortedList(extensions), nil) {
		text, err := written(extension.TypedConfig)
		if err != nil {
			return found, err
		}
		found.Extensions[extension.Name] = text
	}
	request := &model.PushRequest{Push: push}
	resources, _ := istiod.ConfigGen.BuildHTTPRoutes(node, request, sets.SortedList(routes))
	for _, resource := range resources {
		one := &route.RouteConfiguration{}
		if err := resource.Resource.UnmarshalTo(one); err != nil {
			return found, err
		}
		text, err := written(one)
		if err != nil {
			return found, err
		}
		found.Routes[one.Name] = text
	}
	clusters := map[string]bool{}
	for _, cluster := range istiod.Clusters(node) {
		clusters[cluster.Name] = true
	}
	found.Clusters = slices.Sorted(maps.Keys(clusters))
	return found, nil
}

// managerOf gives the chain's HTTP connection manager; nil where it is for TCP.
func managerOf(chain *listener.FilterChain) (*hcm.HttpConnectionManager, error) {
	for _, filter := range chain.Filters {
		if filter.Name != wellknown.HTTPConnectionManager {
			continue
		}
		manager := &hcm.HttpConnectionManager{}
		return manager, filter.GetTypedConfig().UnmarshalTo(manager)
	}
	return nil, nil
}

func written(message protoreflect.ProtoMessage) (json.RawMessage, error) {
	if message == nil || !message.ProtoReflect().IsValid() {
		return json.RawMessage("null"), nil
	}
	return protojson.MarshalOptions{UseProtoNames: true}.Marshal(proto.Clone(message))
}
