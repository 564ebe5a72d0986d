package main

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pilot/pkg/config/kube/extensions"
	"istio.io/istio/pilot/pkg/config/memory"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/networking/core"
	"istio.io/istio/pilot/pkg/serviceregistry/provider"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/host"
	"istio.io/istio/pkg/config/protocol"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	"istio.io/istio/pkg/kube/krt"
	"istio.io/istio/pkg/test"
	"istio.io/istio/pkg/test/util/retry"
)

// domain is that of the cluster, to which short names of hosts belong.
const domain = "cluster.local"

// mesh is what istiod knows: the resources, the services with who is behind them, and the proxies that ask.
type mesh struct {
	// Resources are Istio's, as Kubernetes has them. By metadata.creationTimestamp istiod orders VirtualServices.
	Resources []json.RawMessage `json:"resources"`
	Services  []service         `json:"services"`
	Proxies   []proxy           `json:"proxies"`
}

// service is a Service of Kubernetes.
type service struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	// Address is its cluster IP.
	Address   string     `json:"address"`
	Ports     []port     `json:"ports"`
	Endpoints []endpoint `json:"endpoints"`
}

type port struct {
	Number int `json:"number"`
	// Target is the port of the pod.
	Target uint32 `json:"target"`
}

type endpoint struct {
	Address        string            `json:"address"`
	Namespace      string            `json:"namespace"`
	Labels         map[string]string `json:"labels"`
	ServiceAccount string            `json:"serviceAccount"`
}

// translation is what istiod makes of a mesh.
type translation struct {
	Proxies map[string]configuration `json:"proxies"`
	// Refused says why there is nothing.
	Refused string `json:"refused,omitempty"`
}

// translate never fails: what is wrong is told in Refused.
func translate(one mesh) (result translation) {
	var configs []config.Config
	for _, raw := range one.Resources {
		read, err := readResource(raw)
		if err != nil {
			return translation{Refused: err.Error()}
		}
		configs = append(configs, *read)
	}
	err := test.Wrap(func(t test.Failer) {
		result.Proxies = map[string]configuration{}
		istiod := start(t, configs, one.Services)
		for _, proxy := range one.Proxies {
			found, err := proxy.configured(istiod)
			if err != nil {
				t.Fatalf("%s: %v", proxy.Name, err)
			}
			result.Proxies[proxy.Name] = found
		}
	})
	if err != nil {
		return translation{Refused: err.Error()}
	}
	return result
}

// readResource reads a resource as istiod does, and refuses what its validating webhook would.
func readResource(raw json.RawMessage) (*config.Config, error) {
	var object crd.IstioKind
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, err
	}
	kind := schema.FromAPIVersionAndKind(object.APIVersion, object.Kind)
	found, exists := collections.PilotGatewayAPI().FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&kind))
	if !exists {
		return nil, fmt.Errorf("%s %s: no such kind", object.APIVersion, object.Kind)
	}
	read, err := crd.ConvertObject(found, &object, domain)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", object.Kind, object.Name, err)
	}
	if _, err := found.ValidateConfig(*read); err != nil {
		return nil, fmt.Errorf("%s %s: %w", object.Kind, object.Name, err)
	}
	return read, nil
}

// start gives an istiod that has read everything.
func start(t test.Failer, configs []config.Config, services []service) *core.ConfigGenTest {
	store := memory.NewController(memory.MakeSkipValidation(collections.PilotGatewayAPI()))
	for _, one := range configs {
		if _, err := store.Create(one); err != nil {
			t.Fatalf("%s %s: %v", one.GroupVersionKind.Kind, one.Name, err)
		}
	}
	var plugins *extensions.Controller
	options := core.TestOptions{
		ConfigController: store,
		CreateConfigStore: func(given model.ConfigStoreController) model.ConfigStoreController {
			plugins = extensions.NewController(given, nil, krt.GlobalDebugHandler)
			return plugins
		},
		SkipRun: true,
	}
	for _, one := range services {
		known := one.known()
		options.Services = append(options.Services, known)
		options.Instances = append(options.Instances, one.instances(known)...)
	}
	istiod := core.NewConfigGenTest(t, options)
	istiod.Run()
	retry.UntilOrFail(t, plugins.HasSynced)
	environment := istiod.Env()
	environment.GatewayAPIController = noGatewayAPI{}
	if err := environment.InitNetworksManager(model.NewEndpointIndexUpdater(environment.EndpointIndex)); err != nil {
		t.Fatal(err)
	}
	environment.PushContext().InitContext(environment, nil, nil)
	return istiod
}

// noGatewayAPI stands for the controller of Kubernetes' Gateway API in a mesh where nothing uses it. istiod asks it at gateways
// that are labelled as that controller's.
type noGatewayAPI struct{ model.GatewayController }

func (noGatewayAPI) HasInferencePool(types.NamespacedName) bool { return false }

func (noGatewayAPI) Reconcile(*model.PushContext) {}

func (one service) known() *model.Service {
	known := &model.Service{
		Hostname:       host.Name(one.Name + "." + one.Namespace + ".svc." + domain),
		DefaultAddress: one.Address,
		Attributes: model.ServiceAttributes{
			ServiceRegistry: provider.Kubernetes, Name: one.Name, Namespace: one.Namespace,
		},
	}
	for _, port := range one.Ports {
		known.Ports = append(known.Ports, port.named())
	}
	return known
}

func (one port) named() *model.Port {
	return &model.Port{Name: fmt.Sprintf("http-%d", one.Number), Port: one.Number, Protocol: protocol.HTTP}
}

func (one service) instances(known *model.Service) []*model.ServiceInstance {
	var all []*model.ServiceInstance
	for _, port := range one.Ports {
		for _, endpoint := range one.Endpoints {
			all = append(all, &model.ServiceInstance{
				Service:     known,
				ServicePort: port.named(),
				Endpoint: &model.IstioEndpoint{
					Addresses:       []string{endpoint.Address},
					EndpointPort:    port.Target,
					ServicePortName: port.named().Name,
					Namespace:       endpoint.Namespace,
					Labels:          endpoint.Labels,
					ServiceAccount:  endpoint.ServiceAccount,
				},
			})
		}
	}
	return all
}
