package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Context is one named set of places in the configuration file.
type Context struct {
	Name string `yaml:"name" json:"name"`

	Jaeger        string  `yaml:"jaeger,omitempty" json:"jaeger,omitzero"`
	JaegerToken   Secret  `yaml:"jaeger-token,omitempty" json:"jaeger-token,omitzero"`
	JaegerHeaders headers `yaml:"jaeger-headers,omitempty" json:"jaeger-headers,omitempty"`
	JaegerCA      string  `yaml:"jaeger-ca,omitempty" json:"jaeger-ca,omitzero"`
	JaegerCert    string  `yaml:"jaeger-cert,omitempty" json:"jaeger-cert,omitzero"`
	JaegerKey     string  `yaml:"jaeger-key,omitempty" json:"jaeger-key,omitzero"`

	Elasticsearch            list            `yaml:"elasticsearch,omitempty" json:"elasticsearch,omitempty"`
	CloudID                  string          `yaml:"cloud-id,omitempty" json:"cloud-id,omitzero"`
	Index                    list            `yaml:"index,omitempty" json:"index,omitempty"`
	Fields                   map[string]list `yaml:"fields,omitempty" json:"fields,omitempty"`
	Wildcard                 Switch          `yaml:"wildcard,omitempty" json:"wildcard,omitzero"`
	Username                 string          `yaml:"username,omitempty" json:"username,omitzero"`
	Password                 Secret          `yaml:"password,omitempty" json:"password,omitzero"`
	APIKey                   Secret          `yaml:"api-key,omitempty" json:"api-key,omitzero"`
	ElasticsearchToken       Secret          `yaml:"elasticsearch-token,omitempty" json:"elasticsearch-token,omitzero"`
	ElasticsearchCA          string          `yaml:"elasticsearch-ca,omitempty" json:"elasticsearch-ca,omitzero"`
	ElasticsearchFingerprint string          `yaml:"elasticsearch-fingerprint,omitempty" json:"elasticsearch-fingerprint,omitzero"`

	Insecure Switch `yaml:"insecure,omitempty" json:"insecure,omitzero"`
	JaegerUI string `yaml:"jaeger-ui,omitempty" json:"jaeger-ui,omitzero"`
	Kibana   string `yaml:"kibana,omitempty" json:"kibana,omitzero"`
	From     list   `yaml:"from,omitempty" json:"from,omitempty"`
}

// A File is the configuration file.
type File struct {
	CurrentContext string    `yaml:"current-context,omitempty" json:"current-context,omitzero"`
	Contexts       []Context `yaml:"contexts" json:"contexts"`

	path string
	mode fs.FileMode // zero when there is no file
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
	if n.Decode(&many) != nil {
		return wrong(n, "must be a value or a list of values")
	}
	*l = many
	return nil
}

// headers are values, or where they are to be had, by the header's name.
type headers map[string]Secret

// UnmarshalYAML reads a map, and shows none of it in an error.
func (h *headers) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return wrong(n, "must be a map, as {x-tenant: acme}")
	}
	var raw map[string]Secret
	if err := n.Decode(&raw); err != nil {
		return err
	}
	*h = make(headers, len(raw))
	for name, s := range raw {
		(*h)[strings.ToLower(name)] = s
	}
	return nil
}

// Load reads the configuration file. A file that does not exist is an empty
// one, unless OTRACE_CONFIG names it.
func Load(getenv func(string) string) (File, error) {
	path, named := Path(getenv)
	if path == "" {
		return File{}, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return File{path: path}, nil
	}
	if err != nil {
		return File{}, fmt.Errorf("config: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return File{}, fmt.Errorf("config: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, largestFile))
	if err != nil {
		return File{}, fmt.Errorf("config: %w", err)
	}
	file, err := parse(data)
	if err != nil {
		return File{}, fmt.Errorf("config: %s: %w", path, err)
	}
	file.path, file.mode = path, info.Mode()
	return file, nil
}

// largestFile is the most that is read of a configuration file.
const largestFile = 16 << 20

var byteOrderMark = []byte("\ufeff")

// parse reads the file's text.
func parse(data []byte) (File, error) {
	var file File
	dec := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, byteOrderMark)))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && !errors.Is(err, io.EOF) { // which is a file of blanks and comments
		return File{}, plainer(err)
	}
	for i := range file.Contexts {
		if file.Contexts[i].Name == "" {
			return File{}, fmt.Errorf("context %d has no name", i+1)
		}
		for k := range file.Contexts[:i] {
			if file.Contexts[k].Name == file.Contexts[i].Name {
				return File{}, twice(data, k, i)
			}
		}
	}
	return file, nil
}

// twice is the error for two contexts of one name: nobody could tell which of
// them is meant.
func twice(data []byte, first, second int) error {
	var doc struct{ Contexts []yaml.Node }
	if err := yaml.Unmarshal(bytes.TrimPrefix(data, byteOrderMark), &doc); err != nil || second >= len(doc.Contexts) {
		return fmt.Errorf("contexts %d and %d have the same name", first+1, second+1)
	}
	var named Context
	_ = doc.Contexts[second].Decode(&named) // it was read a moment ago
	return fmt.Errorf("line %d: another context is named %q, that of line %d", doc.Contexts[second].Line, named.Name, doc.Contexts[first].Line)
}

// unknownAnchor is what package yaml says of a value that begins with *, as a
// password may.
var unknownAnchor = regexp.MustCompile(`unknown anchor '.*' referenced`)

// unknownKey and wrongShape are how package yaml says what is wrong: in terms
// of Go, and with the value, which may be a secret.
var (
	unknownKey = regexp.MustCompile(`^line (\d+): field (.*) not found in type .*$`)
	wrongShape = regexp.MustCompile(`^line (\d+): cannot unmarshal !!(\w+) .*$`)
)

// plainer says an error of package yaml's in the user's terms.
func plainer(err error) error {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		text := strings.TrimPrefix(err.Error(), "yaml: ")
		return errors.New(unknownAnchor.ReplaceAllString(text, "a value that begins with * must stand in quotes"))
	}
	texts := make([]string, len(wrong.Errors))
	for i, text := range wrong.Errors {
		text = unknownKey.ReplaceAllString(text, "line $1: unknown key \"$2\"")
		texts[i] = wrongShape.ReplaceAllString(text, "line $1: a value of the wrong kind ($2)")
	}
	return errors.New(strings.Join(texts, "; "))
}

// Path is where the file is, or would be.
func (f *File) Path() string { return f.path }

// wrong is an error that package yaml collects with others, so that all are
// told at once.
func wrong(n *yaml.Node, text string) error {
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: %s", n.Line, text)}}
}

// Names are the names of all contexts, sorted, with the one that is built in.
func (f *File) Names() []string {
	names := []string{DemoContext}
	for i := range f.Contexts {
		names = append(names, f.Contexts[i].Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Context returns the context of that name. The error is an
// UnknownContextError when there is none.
func (f *File) Context(name string, getenv func(string) string) (Context, error) {
	for i := range f.Contexts {
		if f.Contexts[i].Name == name {
			return f.Contexts[i], nil
		}
	}
	if name == DemoContext {
		dir, err := DemoDir(getenv)
		return Context{Name: name, From: list{dir}}, err
	}
	return Context{}, &UnknownContextError{Name: name, Known: f.Names()}
}

// Has reports whether the file itself holds a context of that name.
func (f *File) Has(name string) bool {
	return slices.ContainsFunc(f.Contexts, func(c Context) bool { return c.Name == name })
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

// readable reports whether others than the owner can read the file.
func (f *File) readable() bool { return modesTell() && f.mode.Perm()&0o077 != 0 }

// exposed reports whether others than the owner can read the file, and it
// holds a secret in plain text.
func (f *File) exposed() bool {
	return f.readable() && slices.ContainsFunc(f.Contexts, func(c Context) bool { return c.plainSecret() })
}

// plainSecret reports whether a secret itself stands in the context.
func (c *Context) plainSecret() bool {
	for _, s := range []Secret{c.JaegerToken, c.Password, c.APIKey, c.ElasticsearchToken} {
		if s.plain != "" {
			return true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.JaegerHeaders)) {
		if name != Tenant && c.JaegerHeaders[name].plain != "" {
			return true
		}
	}
	return slices.ContainsFunc(append(list{c.Jaeger}, c.Elasticsearch...), HasPassword)
}
