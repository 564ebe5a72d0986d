// Package istiod lets istiod itself translate the VirtualServices of translations.json, for the translator beside it
// to be compared with. README.md tells how to run it; it is no part of the project's own tests.
package istiod

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	"google.golang.org/protobuf/encoding/protojson"
	networking "istio.io/api/networking/v1alpha3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/config/protocol"
	"istio.io/istio/pkg/config/schema/gvk"
	"istio.io/istio/pkg/util/protomarshal"
)

type translation struct {
	About           string                       `json:"about"`
	Services        []string                     `json:"services"`
	VirtualServices []map[string]json.RawMessage `json:"virtualServices"`
	VirtualHosts    []json.RawMessage            `json:"virtualHosts"`
}

const file = "translations.json"

func text(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}

// virtualService takes name and namespace out of the object; the rest is the resource's spec. The position stands for
// the age, by which istiod orders VirtualServices.
func virtualService(t *testing.T, object map[string]json.RawMessage, position int) config.Config {
	meta := config.Meta{
		GroupVersionKind:  gvk.VirtualService,
		Name:              text(object["name"]),
		Namespace:         text(object["namespace"]),
		Domain:            "cluster.local",
		CreationTimestamp: time.Unix(int64(1000+position), 0),
	}
	spec := map[string]json.RawMessage{"hosts": object["hosts"], "http": object["http"]}
	raw, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	message := &networking.VirtualService{}
	if err := protomarshal.ApplyJSONStrict(string(raw), message); err != nil {
		t.Fatal(err)
	}
	return config.Config{Meta: meta, Spec: message}
}

func service(name string) *model.Service {
	labels := strings.Split(name, ".")
	return &model.Service{
		Hostname:       host.Name(name),
		DefaultAddress: "0.0.0.0",
		Ports:          model.PortList{{Name: "http", Port: 80, Protocol: protocol.HTTP}},
		Attributes:     model.ServiceAttributes{Name: labels[0], Namespace: labels[1]},
	}
}

// withoutPolicies takes away what does not say which route is taken or what happens to headers.
func withoutPolicies(hosts []*routev3.VirtualHost) {
	for _, one := range hosts {
		for _, route := range one.Routes {
			route.Metadata, route.Decorator = nil, nil
			route.GetRoute().RetryPolicy, route.GetRoute().MaxGrpcTimeout = nil, nil
		}
	}
}

func translate(t *testing.T, one *translation) {
	options := core.TestOptions{}
	for position, object := range one.VirtualServices {
		options.Configs = append(options.Configs, virtualService(t, object, position))
	}
	for _, name := range one.Services {
		options.Services = append(options.Services, service(name))
	}
	istiod := core.NewConfigGenTest(t, options)
	labels := map[string]string{"app": "sleep", "version": "v1"}
	proxy := istiod.SetupProxy(&model.Proxy{
		Labels: labels, ConfigNamespace: "default", Metadata: &model.NodeMetadata{Labels: labels},
	})
	resources, _ := istiod.ConfigGen.BuildHTTPRoutes(proxy, &model.PushRequest{Push: istiod.PushContext()}, []string{"80"})
	routes := &routev3.RouteConfiguration{}
	if err := resources[0].Resource.UnmarshalTo(routes); err != nil {
		t.Fatal(err)
	}
	one.VirtualHosts = nil
	for _, virtualHost := range routes.VirtualHosts {
		if virtualHost.Name == "allow_any" {
			continue
		}
		withoutPolicies([]*routev3.VirtualHost{virtualHost})
		kept := &routev3.VirtualHost{Name: virtualHost.Name, Domains: virtualHost.Domains, Routes: virtualHost.Routes}
		raw, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(kept)
		if err != nil {
			t.Fatal(err)
		}
		one.VirtualHosts = append(one.VirtualHosts, raw)
	}
}

func TestTranslations(t *testing.T) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []translation
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for index := range all {
		t.Run(all[index].About, func(t *testing.T) { translate(t, &all[index]) })
	}
	written, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(written, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
