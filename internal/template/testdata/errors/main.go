// Errors writes a labelled set of service errors: messages from the templates
// of templates.txt, whose <kind> places are filled in at random, with the
// template that each came from. It depends on the seed alone.
//
//	cd internal/template/testdata/errors && go run . >../errors.csv
package main

import (
	_ "embed"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
)

//go:embed templates.txt
var templates string

func main() {
	seed := flag.Uint64("seed", 7, "the messages' seed")
	flag.Parse()
	if err := write(os.Stdout, *seed); err != nil {
		fmt.Fprintf(os.Stderr, "errors: %v\n", err)
		os.Exit(1)
	}
}

// write writes all rows, shuffled.
func write(w io.Writer, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 1))
	kinds := regexp.MustCompile(`<[a-z0-9]+>`)
	fill := fillers(r)
	var rows [][]string
	for i, t := range strings.Split(strings.TrimSpace(templates), "\n") {
		for range times(r) {
			message := kinds.ReplaceAllStringFunc(t, func(k string) string { return fill[k[1:len(k)-1]]() })
			rows = append(rows, []string{message, fmt.Sprintf("S%d", i+1), kinds.ReplaceAllString(t, "<*>")})
		}
	}
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	out := csv.NewWriter(w)
	if err := out.WriteAll(append([][]string{{"Content", "EventId", "EventTemplate"}}, rows...)); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// times is how often a template is used: a few often, many seldom, as errors
// come.
func times(r *rand.Rand) int {
	return min(120, 2+int(3/(0.02+r.Float64())))
}
