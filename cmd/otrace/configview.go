package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/safe"
)

// viewOptions are the flags of otrace config view.
type viewOptions struct {
	minify bool
	output string
}

func newViewCmd(a *app) *cobra.Command {
	var opts viewOptions
	cmd := &cobra.Command{
		Use:   "view",
		Short: "Show the configuration, secrets left out",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return a.viewConfig(&opts) },
	}
	cmd.Flags().BoolVar(&opts.minify, "minify", false, "show the current context only")
	cmd.Flags().StringVarP(&opts.output, "output", "o", "yaml", "output `format`: yaml, json")
	return cmd
}

func (a *app) viewConfig(opts *viewOptions) error {
	if opts.output != "yaml" && opts.output != "json" {
		return usageError{fmt.Errorf("-o %s: the formats are yaml, json", opts.output)}
	}
	file, err := a.loadConfig()
	if err != nil {
		return err
	}
	if opts.minify {
		name := a.currentContext(&file)
		if name == "" {
			return noCurrent()
		}
		c, err := file.Context(name, a.getenv)
		if err != nil {
			return usageError{err}
		}
		file = file.Minified(c)
	}
	if opts.output == "json" {
		return a.viewJSON(file.Masked())
	}
	text, err := file.YAML()
	if err != nil {
		return err
	}
	return a.writeLines(string(text))
}

func (a *app) viewJSON(file config.File) error {
	if file.Contexts == nil {
		file.Contexts = []config.Context{}
	}
	return a.writeJSON(struct {
		Schema string `json:"schema"`
		config.File
	}{"otrace.config/v1", file})
}

// contextsOptions are the flags of otrace config get-contexts.
type contextsOptions struct {
	output    string
	noHeaders bool
}

func newGetContextsCmd(a *app) *cobra.Command {
	var opts contextsOptions
	cmd := &cobra.Command{
		Use:               "get-contexts [NAME...]",
		Short:             "List the contexts",
		ValidArgsFunction: a.completeContexts,
		RunE:              func(_ *cobra.Command, args []string) error { return a.getContexts(args, &opts) },
	}
	cmd.Flags().StringVarP(&opts.output, "output", "o", "", "output `format`: name, or a table when empty")
	cmd.Flags().BoolVar(&opts.noHeaders, "no-headers", false, "leave the names of the columns out")
	return cmd
}

func (a *app) getContexts(wanted []string, opts *contextsOptions) error {
	if opts.output != "" && opts.output != "name" {
		return usageError{fmt.Errorf("-o %s: the only other format is name", opts.output)}
	}
	file, err := a.loadConfig()
	if err != nil {
		return err
	}
	names := file.Names()
	if len(wanted) > 0 {
		names = slices.Compact(slices.Sorted(slices.Values(wanted)))
	}
	contexts := make([]config.Context, len(names))
	for i, name := range names {
		if contexts[i], err = file.Context(name, a.getenv); err != nil && (name != config.DemoContext || len(wanted) > 0) {
			return usageError{err}
		}
	}
	if opts.output == "name" {
		return a.writeNames(names)
	}
	return a.contextTable(contexts, a.currentContext(&file), opts)
}

// writeNames writes one name a line, whatever is in it.
func (a *app) writeNames(names []string) error {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(safe.Of(name).String() + "\n")
	}
	_, err := io.WriteString(a.out, b.String())
	return output(err)
}

// contextTable lists contexts as kubectl does.
func (a *app) contextTable(contexts []config.Context, current string, opts *contextsOptions) error {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 8, 3, ' ', 0)
	if !opts.noHeaders {
		fmt.Fprintln(table, "CURRENT\tNAME\tJAEGER\tELASTICSEARCH\tINDEX")
	}
	for _, c := range contexts {
		mark, places := "", placesOf(&c)
		if c.Name == current {
			mark = "*"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", mark, safe.Of(c.Name), safe.Of(places[0]), safe.Of(places[1]), safe.Of(strings.Join(c.Index, ",")))
	}
	table.Flush()
	var lines strings.Builder
	for line := range strings.Lines(b.String()) {
		lines.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return a.writeLines(lines.String())
}

// placesOf is where a context's spans and logs are. A bundle holds both.
func placesOf(c *config.Context) [2]string {
	if len(c.From) > 0 {
		return [2]string{"from " + strings.Join(c.From, ","), "from " + strings.Join(c.From, ",")}
	}
	masked := make([]string, len(c.Elasticsearch))
	for i, url := range c.Elasticsearch {
		masked[i] = config.MaskURL(url)
	}
	elastic := strings.Join(masked, ",")
	if elastic == "" && c.CloudID != "" {
		name, _, _ := strings.Cut(c.CloudID, ":")
		elastic = "cloud " + name
	}
	return [2]string{config.MaskURL(c.Jaeger), elastic}
}
