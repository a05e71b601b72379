package main

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/es"
	"github.com/otrace/otrace/internal/jaeger"
	"github.com/otrace/otrace/internal/logdoc"
)

func newSetContextCmd(a *app) *cobra.Command {
	var current bool
	cmd := &cobra.Command{
		Use:   "set-context [NAME | --current]",
		Short: "Create a context, or change some of it",
		Long: `Set-context changes what its flags say and leaves the rest. An empty value
removes the key. Secrets are not written down: say which environment variable or
file has them, or which command prints them.`,
		Example: "  otrace config set-context prod --jaeger https://jaeger.example --elasticsearch https://logs.example:9200\n" +
			"  otrace config set-context prod --username otrace --password-command 'pass show logs'\n" +
			"  otrace config set-context --current --index 'app-*' --field trace=corr_id",
		ValidArgsFunction: a.completeContexts,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setContext(args, current, cmd.Flags())
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&current, "current", false, "change the current context")
	for _, k := range contextKeys {
		k.addTo(flags)
	}
	return cmd
}

// setContext writes what the flags say into the configuration file.
func (a *app) setContext(args []string, current bool, flags *pflag.FlagSet) error {
	changes, err := changesOf(flags)
	if err == nil {
		err = checkChanges(changes)
	}
	if err != nil {
		return refusal(err)
	}
	var name string
	created := false
	err = a.edit(func(e *config.Editor) (err error) {
		if name, err = a.contextToSet(args, current, &e.File); err != nil {
			return err
		}
		created, err = e.Set(name, changes)
		return err
	})
	switch {
	case err != nil:
		return err
	case created:
		return a.say("Context %q created.\n", name)
	}
	return a.say("Context %q modified.\n", name)
}

func (a *app) contextToSet(args []string, current bool, file *config.File) (string, error) {
	switch {
	case current && len(args) > 0:
		return "", errors.New("a name beside --current: give one of them")
	case current && a.currentContext(file) == "":
		return "", noCurrent()
	case current:
		return a.currentContext(file), nil
	case len(args) != 1:
		return "", errors.New("set-context needs one NAME, or --current")
	}
	return args[0], nil
}

// checkChanges lets the adapters say what they could not use. They ask nobody.
func checkChanges(changes []config.Change) error {
	var traces jaeger.Config
	logs := es.Config{URLs: []string{config.DefaultElasticsearch}, Fields: logdoc.Fields{}}
	for _, c := range changes {
		one, _ := c.Value.(string)
		switch c.Key {
		case "jaeger":
			traces.URL = one
		case "jaeger-headers":
			traces.Headers = map[string]string{c.Entry: one}
		case "elasticsearch":
			if c.Value != nil {
				logs.URLs = valuesOf(c.Value)
			}
		case "elasticsearch-fingerprint":
			logs.Fingerprint = one
		case "fields":
			logs.Fields[c.Entry] = valuesOf(c.Value)
		}
	}
	_, err := jaeger.New(traces)
	if err == nil {
		_, err = es.New(logs)
	}
	if err == nil {
		err = checkCloudID(changes)
	}
	return err
}

func checkCloudID(changes []config.Change) error {
	for _, c := range changes {
		if id, _ := c.Value.(string); c.Key == "cloud-id" && id != "" {
			_, err := es.New(es.Config{CloudID: id})
			return err
		}
	}
	return nil
}

// valuesOf are the values of a change that can have several.
func valuesOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []string:
		return v
	}
	return nil
}
