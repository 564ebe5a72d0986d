// Command istiod says what proxies of some meshes are configured with, by istiod's own code. It reads a JSON list of meshes
// from its standard input and writes a JSON list of as many translations, in the same order. A mesh that istiod does not
// accept has its reason in place; only input that is no such list ends the program.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"istio.io/istio/pkg/log"
)

// atOnce is how many meshes are translated at a time.
const atOnce = 2

func main() {
	// Istio logs to the standard output.
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var meshes []mesh
	decoder := json.NewDecoder(bufio.NewReader(os.Stdin))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&meshes); err != nil {
		return fmt.Errorf("the standard input is no list of meshes: %w", err)
	}
	translations := make([]translation, len(meshes))
	places := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for place := range places {
				translations[place] = translate(meshes[place])
			}
		})
	}
	for place := range meshes {
		places <- place
	}
	close(places)
	workers.Wait()
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(translations); err != nil {
		return err
	}
	return out.Flush()
}
