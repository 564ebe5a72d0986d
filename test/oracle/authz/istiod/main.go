// Command istiod translates AuthorizationPolicies into Envoy's RBAC filters with istiod's own code. It reads a JSON list
// of sets of policies from its standard input and writes a JSON list of as many translations, in the same order. A set
// that cannot be translated has its reason in place; only input that is no JSON list at all ends the program.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"istio.io/istio/pkg/log"
)

func main() {
	// Istio logs to the standard output, and logs each rule that it skips.
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.NoneLevel)
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var sets []json.RawMessage
	if err := json.NewDecoder(bufio.NewReader(os.Stdin)).Decode(&sets); err != nil {
		return fmt.Errorf("the standard input is no JSON list: %w", err)
	}
	translations := make([]translation, 0, len(sets))
	for _, raw := range sets {
		translations = append(translations, translate(raw))
	}
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(translations); err != nil {
		return err
	}
	return out.Flush()
}
