// Package config tells where otrace looks: each value from a flag, else the
// environment, else the context in the configuration file, else the default.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// DemoContext is the context that exists without being configured: the
// evidence that otrace demo keeps.
const DemoContext = "demo"

// Settings say where spans and logs are. Empty fields mean the default.
type Settings struct {
	Context       string
	From          []string // bundles and files, instead of servers
	Jaeger        string
	Elasticsearch []string
	Indices       []string
	Insecure      bool

	JaegerToken                string
	Username, Password, APIKey string
}

// A Context is one named set of places in the configuration file.
type Context struct {
	Name          string `yaml:"name"`
	Jaeger        string `yaml:"jaeger,omitempty"`
	Elasticsearch list   `yaml:"elasticsearch,omitempty"`
	Index         list   `yaml:"index,omitempty"`
	From          list   `yaml:"from,omitempty"`
	Insecure      bool   `yaml:"insecure,omitempty"`
}

// A File is the configuration file.
type File struct {
	CurrentContext string    `yaml:"current-context,omitempty"`
	Contexts       []Context `yaml:"contexts,omitempty"`
}

// A list is one value, several, or several in one value between commas.
type list []string

// UnmarshalYAML reads a list in any of its forms.
func (l *list) UnmarshalYAML(n *yaml.Node) error {
	var one string
	if err := n.Decode(&one); err == nil {
		*l = Split(one)
		return nil
	}
	var many []string
	err := n.Decode(&many)
	*l = many
	return err
}

// Split takes a comma-separated value apart, without blanks and empty parts.
func Split(s string) []string {
	var parts []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// Resolve completes the settings that flags gave with those of the
// environment and of the context.
func Resolve(flags Settings, getenv func(string) string) (Settings, error) {
	s := flags
	s.Context = first(s.Context, getenv("OTRACE_CONTEXT"))
	s.Jaeger = first(s.Jaeger, getenv("OTRACE_JAEGER_URL"))
	s.JaegerToken = first(s.JaegerToken, getenv("OTRACE_JAEGER_TOKEN"))
	s.Username = first(s.Username, getenv("OTRACE_ELASTICSEARCH_USERNAME"))
	s.Password = first(s.Password, getenv("OTRACE_ELASTICSEARCH_PASSWORD"))
	s.APIKey = first(s.APIKey, getenv("OTRACE_ELASTICSEARCH_API_KEY"))
	if len(s.Elasticsearch) == 0 {
		s.Elasticsearch = Split(getenv("OTRACE_ELASTICSEARCH_URL"))
	}
	if len(s.From) > 0 {
		return s, nil
	}
	ctx, err := findContext(s.Context, getenv)
	if err != nil {
		return s, err
	}
	s.Context = ctx.Name
	s.Jaeger = first(s.Jaeger, ctx.Jaeger)
	s.Elasticsearch = firstList(s.Elasticsearch, ctx.Elasticsearch)
	s.Indices = firstList(s.Indices, ctx.Index)
	s.Insecure = s.Insecure || ctx.Insecure
	// A context of bundles is all or nothing: only a flag asks for a server
	// beside it, not a variable that happens to be set.
	if flags.Jaeger == "" && len(flags.Elasticsearch) == 0 {
		s.From = ctx.From
	}
	return s, nil
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func firstList(lists ...[]string) []string {
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}

// An UnknownContextError names the contexts that there are.
type UnknownContextError struct {
	Name  string
	Known []string
}

// Error tells the fact.
func (e *UnknownContextError) Error() string { return fmt.Sprintf("there is no context %q", e.Name) }

// Hint tells which contexts there are.
func (e *UnknownContextError) Hint() string {
	return "the contexts are: " + strings.Join(e.Known, ", ")
}

// findContext returns the named context, else the file's current one, else an
// empty one.
func findContext(name string, getenv func(string) string) (Context, error) {
	file, err := Load(getenv)
	if err != nil {
		return Context{}, err
	}
	name = first(name, file.CurrentContext)
	if name == "" {
		return Context{}, nil
	}
	known := []string{DemoContext}
	for _, c := range file.Contexts {
		if c.Name == name {
			return c, nil
		}
		known = append(known, c.Name)
	}
	if name == DemoContext {
		dir, err := DemoDir(getenv)
		return Context{Name: name, From: list{dir}}, err
	}
	slices.Sort(known)
	return Context{}, &UnknownContextError{Name: name, Known: slices.Compact(known)}
}

// Load reads the configuration file. A file that does not exist is an empty
// one, unless OTRACE_CONFIG names it.
func Load(getenv func(string) string) (File, error) {
	var file File
	path, named := getenv("OTRACE_CONFIG"), true
	if path == "" {
		home := configHome(getenv)
		if home == "" {
			return file, nil
		}
		path, named = filepath.Join(home, "otrace", "config.yaml"), false
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return file, nil
	}
	if err != nil {
		return file, fmt.Errorf("config: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && len(bytes.TrimSpace(data)) > 0 {
		return file, fmt.Errorf("config: %s: %w", path, err)
	}
	return file, nil
}

// DemoDir is the folder in which otrace demo keeps its evidence.
func DemoDir(getenv func(string) string) (string, error) {
	home := dataHome(getenv)
	if home == "" {
		return "", errors.New("config: no home folder to keep the demo in")
	}
	return filepath.Join(home, "otrace", "demo"), nil
}

func configHome(getenv func(string) string) string {
	return userFolder(getenv, "XDG_CONFIG_HOME", "APPDATA", ".config")
}

func dataHome(getenv func(string) string) string {
	return userFolder(getenv, "XDG_DATA_HOME", "LOCALAPPDATA", filepath.Join(".local", "share"))
}

// userFolder finds a folder of the user's from the environment alone.
func userFolder(getenv func(string) string, xdg, windows, underHome string) string {
	if dir := getenv(xdg); filepath.IsAbs(dir) {
		return dir
	}
	if runtime.GOOS == "windows" {
		return getenv(windows)
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, underHome)
	}
	return ""
}
