# `make` prints what there is. Every target installs what it lacks, so a fresh clone needs no other step.

NODE := node
TSX := $(NODE) --import tsx
BIN := node_modules/.bin
INSTALLED := node_modules/.installed
# What needs a real Envoy, as a process.
ENVOY_TESTS := test/envoy $(wildcard filters/*/test/envoy)
# Those of them that run one at a time: they wait for real timeouts of Envoy's, or send requests for a fixed time and need enough of them.
ALONE := test/envoy/hostile filters/fault-injection/test/envoy/hang-ups.test.ts filters/trace-propagation/test/envoy/delivery.test.ts
# Those of them that run with Envoy in a container too. The Envoy is the same, so these are what a container can break, with each filter:
# Envoy starts and ends, reads modules and configurations that are mounted, follows edits, is reached, reaches collectors, drains.
CONTAINER_TESTS := $(addprefix test/envoy/,compose.test.ts configuration.test.ts metrics.test.ts properties.test.ts reload.test.ts) \
  $(addprefix filters/authz/test/envoy/,addresses.test.ts examples.test.ts failure.test.ts reload.test.ts) \
  filters/circuit-breaking/test/envoy/opens.test.ts \
  $(addprefix filters/fault-injection/test/envoy/,drains.test.ts fields.test.ts) \
  $(addprefix filters/header-routing/test/envoy/,match.test.ts weights-and-counters.test.ts) \
  $(addprefix filters/trace-propagation/test/envoy/,drains.test.ts fields.test.ts jaeger-remote.test.ts spans.test.ts)
# What runs against the sections of signalbox too. What is about a module of one filter alone (exports, size) does not.
SECTION_TESTS := $(filter-out %/capabilities.test.ts,$(wildcard filters/*/test/module/*.test.ts)) test/module/overlap.test.ts
# What needs a real Istio: minutes to build, once.
ISTIO_TESTS := test/istio
# Other versions of Node come from npm, once.
PACKAGE_TESTS := test/package
# What needs a real Zipkin or Jaeger: a minute to download, minutes to build, once.
BACKEND_TESTS := test/backends
ORACLES := test/oracle
# Those of the filters: the one of the chain is about signalbox itself, those of expressions and templates about no filter.
SECTION_ORACLES := $(addprefix test/oracle/,authz circuits faults routes)
# The 1.38.3 wheel is built without V8, so 1.38.2 stands for its line.
MATRIX := 1.36.4 1.37.0 1.38.2 1.39.3 1.40.0

.DEFAULT_GOAL := help
.PHONY: help setup build run demo package image images push manifests dashboards diagrams pictures playground playground-page docs messages check spec module-test package-test translators jaeger-if-possible envoy-test docker-test demo-test backends-test jaeger test tests-before-backends istio-test istio-push oracle mesh-oracle matrix bench memory growth clean
.DELETE_ON_ERROR:

help: ## print this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-15s %s\n", $$1, $$2 }'

# By default npm asks thrice for each package, up to a minute apart, and says nothing of it: minutes of silence offline.
NPM_RETRIES := --fetch-retries=2 --fetch-retry-mintimeout=500 --fetch-retry-maxtimeout=2000

$(INSTALLED): package-lock.json
	@echo "Installing the npm packages"
	@npm ci --no-audit --no-fund --loglevel=error $(NPM_RETRIES) || \
	  { echo "npm could not install the packages. Is this machine offline, or behind a proxy that npm does not know?"; exit 1; }
	@touch $@

setup: $(INSTALLED) ## install the npm packages, and Envoy where neither ENVOY nor PATH has one
	@$(TSX) tools/envoy-binary.ts

build: $(INSTALLED) ## write build/<filter>.wasm, build/debug/ with names and source maps, and build/package/, the command
	@$(TSX) tools/build.ts
	@$(TSX) tools/package/build.ts

run: build ## a local Envoy with signalbox, or FILTER=header-routing, authz, fault-injection, trace-propagation, circuit-breaking; edit envoy/<filter>.yaml while it runs
	@$(TSX) envoy/run.ts

demo: build setup ## four services behind real Envoys: a trace that breaks, who breaks it, and how it is mended; PROPAGATE=none, x-request-id or all
	@$(TSX) demo/main.ts

package: build ## write build/signalbox-cli-<version>.tgz, which npm installs anywhere
	@npm pack --silent --ignore-scripts --pack-destination build

image: build ## container images of Envoy and of the upstreams, made without a registry
	@$(TSX) envoy/image.ts

images: build ## build/images/: each filter as OCI layouts and archives for Istio and docker load, with SPDX bills
	@$(TSX) images/make.ts

push: build ## push the images to a registry, REGISTRY=host/path and perhaps TAG=; build/manifests/ then pins them
	@$(TSX) images/registry/main.ts

manifests: $(INSTALLED) ## write manifests/ anew from the filters' own wasmplugin.yaml
	@$(TSX) tools/manifests/main.ts

dashboards: $(INSTALLED) ## write the dashboards for Grafana, the rules for Prometheus and the READMEs' tables of metrics anew
	@$(TSX) dashboards/main.ts

diagrams: $(INSTALLED) ## draw the diagrams and pictures of the documents anew
	@$(TSX) tools/diagrams/main.ts

pictures: build setup ## take the pictures of the documents anew that show a running program: the doctor, a report, a dashboard
	@$(TSX) tools/pictures/main.ts

# Each runs whatever the others find, so that one run shows everything.
CHECKS := check-format check-lint check-types check-assembly check-filters check-circles check-links
.PHONY: $(CHECKS)

playground: build ## a page to try policies and requests in, served on this machine; build/playground/ is the page, which needs no server
	@$(TSX) tools/playground/main.ts

playground-page: build ## write build/playground/ and serve nothing
	@$(TSX) tools/playground/main.ts --page

# Apart from the packages that everybody installs, as only this target needs them.
SITE := site/node_modules/.installed
$(SITE): site/package-lock.json
	@cd site && npm ci --no-audit --no-fund --loglevel=error $(NPM_RETRIES)
	@touch $@

docs: $(INSTALLED) $(SITE) ## write build/docs/, the documents as pages with a search, which any web server can serve below any path
	@$(TSX) tools/docs/main.ts

messages: $(INSTALLED) ## list every error, warning, log line and help text of the filters and the command, with its place
	@$(TSX) tools/messages.ts

check: $(INSTALLED) ## formatting, lint, types of TypeScript and AssemblyScript, circles of imports, links of documents, and what each filter's folder must have
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target $(CHECKS)

check-format:
	$(BIN)/prettier --check --log-level warn .

check-lint:
	$(BIN)/eslint .

check-types:
	$(BIN)/tsc -p .
	$(BIN)/tsc -p playground

check-assembly:
	$(TSX) tools/check-assembly.ts

check-filters:
	$(TSX) tools/check-filters/main.ts

check-circles:
	$(TSX) tools/check-circles/main.ts

# Links to files and headings of the project. Nothing is fetched.
check-links:
	$(BIN)/remark --no-stdout --no-config --quiet --frail --use remark-validate-links=repository:false --ignore-path .prettierignore .

# Not by as-pect's bin/asp.js, whose exit status is 0 if the process that it starts is killed.
spec: $(INSTALLED) ## unit tests of the filters and of what they share (as-pect); SPEC=<file or folder> runs those alone
	FORCE_COLOR=2 $(NODE) --enable-source-maps node_modules/@as-pect/cli/lib/test.js --summary

module-test: build $(SITE) ## tests without Envoy: the compiled filters in the emulator, the command, images, manifests
	$(TSX) tools/run-tests.ts --on-all-cores --grouped emulator images test filters modules cli envoy tools playground dashboards bench $(foreach folder,$(ENVOY_TESTS) $(ORACLES) $(ISTIO_TESTS) $(PACKAGE_TESTS) $(BACKEND_TESTS),--except $(folder))
	MODULE=signalbox $(TSX) tools/run-tests.ts --on-all-cores --grouped $(SECTION_TESTS)

package-test: build ## the package, installed into an empty folder, on Node 18.19, 20 and 22
	$(TSX) tools/run-tests.ts $(PACKAGE_TESTS)

# What the oracles ask of istiod, in .cache/. A first build takes minutes.
translators: $(INSTALLED)
	@$(TSX) test/oracle/authz/istiod-program.ts
	@$(TSX) test/oracle/mesh/istiod-program.ts

# At the lowest priority, as `make test` builds it beside tests.
jaeger-if-possible: $(INSTALLED)
	@nice -n 19 $(TSX) test/backends/build.ts --if-possible

envoy-test: build setup translators ## real Envoy as a process
	ENVOY_BACKEND=process $(TSX) tools/run-tests.ts --beyond-cores $(ENVOY_TESTS) $(ORACLES) $(foreach place,$(ALONE),--alone $(place))
	MODULE=signalbox ENVOY_BACKEND=process $(TSX) tools/run-tests.ts --beyond-cores $(wildcard filters/*/test/envoy) $(SECTION_ORACLES) $(foreach place,$(filter filters/%,$(ALONE)),--alone $(place))

docker-test: build setup ## what a container could break, with Envoy in one, where a Docker engine answers; CONTAINER_TESTS= names other tests
	@$(TSX) tools/docker-test.ts $(CONTAINER_TESTS) demo/compose.test.ts

demo-test: build setup ## make demo from end to end, with each PROPAGATE, and with Jaeger and Zipkin if they are there; DEMO=smallest for one of them
	ENVOY_BACKEND=process $(TSX) tools/run-tests.ts demo

backends-test: build setup jaeger-if-possible ## spans at a real Zipkin, which Maven downloads, and at a real Jaeger, which Go builds once
	ZIPKIN=1 ENVOY_BACKEND=process $(TSX) tools/run-tests.ts $(BACKEND_TESTS) filters/trace-propagation/test/envoy/zipkin.test.ts

jaeger: $(INSTALLED) ## build Jaeger from its Go module, once, for some four minutes, into ~/.cache/signalbox
	@$(TSX) test/backends/build.ts

test: export DEMO ?= smallest
test: check ## check, spec, module-test, package-test, envoy-test, docker-test, demo-test (DEMO=smallest) and backends-test
# The specifications have one core for themselves: what Go builds takes the others meanwhile.
	@$(MAKE) --no-print-directory --jobs=2 spec translators
# Jaeger is built beside the tests, of what they leave of the cores: those of a real Envoy wait for a quarter of the time.
	@$(MAKE) --no-print-directory --jobs=2 tests-before-backends jaeger-if-possible
	@$(MAKE) --no-print-directory demo-test backends-test

# With a make for each, as the goals of one would run side by side.
tests-before-backends:
	@for goal in module-test package-test envoy-test docker-test; do $(MAKE) --no-print-directory $$goal || exit 1; done

istio-test: build setup ## the filters in a real Istio, all on loopback; builds it once, for some minutes, into ~/.cache/signalbox; ISTIO=1.31-dev for the newest
	@$(TSX) test/istio/programs/build.ts
	$(TSX) tools/run-tests.ts $(ISTIO_TESTS)

istio-push: build setup ## what clients wait while 10,000 rules are pushed to a workload in a real Istio; PUSHES=, RULES=, AGAINST=
	@$(TSX) test/istio/push.ts

oracle: export PAIRS ?= 100000
oracle: build setup ## authz against native RBAC, circuit-breaking against outlier detection, any number of generated pairs: PAIRS=, SEED=
	$(TSX) tools/run-tests.ts test/oracle/authz/agreement.test.ts test/oracle/circuits/sequences.test.ts

mesh-oracle: export SETS ?= 1000
mesh-oracle: build setup ## converted meshes against the originals, any number of generated ones: SETS=, SEED=
	$(TSX) tools/run-tests.ts test/oracle/mesh/mesh.test.ts

matrix: build ## the tests on real Envoy with every version that must work
	@for version in $(MATRIX); do \
	  echo "Envoy $$version"; \
	  export ENVOY= ENVOY_VERSION=$$version; \
	  $(TSX) tools/envoy-binary.ts && ENVOY_BACKEND=process $(TSX) tools/run-tests.ts $(ENVOY_TESTS) $(ORACLES) || exit 1; \
	done

bench: build setup ## what a filter costs, beside Lua, other SDKs and native Envoy
	$(TSX) bench/run.ts

memory: build setup ## what a filter takes in memory, beside native RBAC, by number of workers
	@$(TSX) bench/memory/main.ts

growth: build ## how long the largest configurations of any shape take to read; WHAT=<words> measures those alone
	@$(TSX) test/module/growth/table.ts $(WHAT)

clean: ## remove what was built (node_modules and the downloaded Envoy stay)
	rm -rf build bench/out
