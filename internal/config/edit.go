package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// An Editor changes the configuration file, and leaves what it does not change
// as its owner wrote it: comments, order, blank lines, spelling.
type Editor struct {
	File // as it is without the changes

	named  bool
	before []byte    // the file's text
	doc    yaml.Node // with the changes
}

// Edit opens the configuration file to change it. There need not be one yet.
func Edit(getenv func(string) string) (*Editor, error) {
	e := &Editor{}
	e.path, e.named = Path(getenv)
	if e.path == "" {
		return nil, errors.New("config: no home folder for the configuration file: name one with OTRACE_CONFIG")
	}
	info, err := os.Stat(e.path)
	if errors.Is(err, fs.ErrNotExist) {
		return e, e.begin()
	}
	if err == nil {
		e.before, err = os.ReadFile(e.path)
	}
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	mode, path := info.Mode(), e.path
	if e.File, err = parse(e.before); err != nil {
		return nil, fmt.Errorf("config: %s: %w", path, err)
	}
	e.mode, e.path = mode, path
	return e, e.begin()
}

// begin parses the text into the tree that is changed.
func (e *Editor) begin() error {
	text, _ := plainText(e.before)
	err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&e.doc)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("config: %s: %w", e.path, plainer(err))
	}
	if len(e.doc.Content) == 0 || e.doc.Content[0].Kind != yaml.MappingNode {
		e.doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	return nil
}

// Use makes a context the current one.
func (e *Editor) Use(name string) error {
	if name != DemoContext && !e.Has(name) {
		return &UnknownContextError{Name: name, Known: e.Names()}
	}
	e.setCurrent(name)
	return nil
}

// setCurrent writes the current context's name, at the top when it is new.
func (e *Editor) setCurrent(name string) {
	root := e.doc.Content[0]
	if valueOf(root, "current-context") == nil {
		root.Content = append([]*yaml.Node{textNode("current-context"), textNode(name)}, root.Content...)
		return
	}
	put(root, "current-context", textNode(name))
}

// A Change sets one key of a context, or one entry of a key that holds a map.
// The value is a string, a list, a Secret or a Switch; nil removes.
type Change struct {
	Key   string
	Entry string
	Value any
}

// Set changes a context, and creates it when there is none of that name.
func (e *Editor) Set(name string, changes []Change) (created bool, err error) {
	if err := e.own(name, "set"); err != nil {
		return false, err
	}
	context, err := e.node(name)
	if err != nil {
		return false, err
	}
	if created = context == nil; created {
		if context, err = e.add(name); err != nil {
			return false, err
		}
	}
	for _, c := range changes {
		if err := c.apply(context); err != nil {
			return created, fmt.Errorf("config: %s of context %s: %w", c.Key, name, err)
		}
	}
	return created, nil
}

// A BuiltInError is the answer to changing what otrace brings along.
type BuiltInError struct{ name, verb string }

// Error tells the fact.
func (e *BuiltInError) Error() string {
	return fmt.Sprintf("context %q is built in and cannot be %s", e.name, e.verb)
}

// own refuses to change what is built in.
func (e *Editor) own(name, verb string) error {
	if name == DemoContext {
		return &BuiltInError{name, verb}
	}
	return nil
}

// Delete removes a context. wasCurrent tells that there is no current one now.
func (e *Editor) Delete(name string) (wasCurrent bool, err error) {
	if err := e.own(name, "deleted"); err != nil {
		return false, err
	}
	context, err := e.node(name)
	switch {
	case err != nil:
		return false, err
	case context == nil:
		return false, &UnknownContextError{Name: name, Known: e.Names()}
	}
	root := e.doc.Content[0]
	contexts := valueOf(root, "contexts")
	contexts.Content = slices.DeleteFunc(contexts.Content, func(n *yaml.Node) bool { return nameOf(n) == name })
	if wasCurrent = e.CurrentContext == name; wasCurrent {
		e.setCurrent("") // which keeps the comments beside it
	}
	return wasCurrent, nil
}

// Rename gives a context another name.
func (e *Editor) Rename(from, to string) error {
	if err := errors.Join(e.own(from, "renamed"), e.own(to, "replaced")); err != nil {
		return err
	}
	if to == "" {
		return errors.New("a context must have a name")
	}
	context, err := e.node(from)
	switch {
	case err != nil:
		return err
	case context == nil:
		return &UnknownContextError{Name: from, Known: e.Names()}
	case from == to:
		return nil
	case e.Has(to):
		return fmt.Errorf("there is a context %q already", to)
	}
	put(context, "name", textNode(to))
	if e.CurrentContext == from {
		e.setCurrent(to)
	}
	return nil
}

// node is the tree of a context in the file, nil when there is none.
func (e *Editor) node(name string) (*yaml.Node, error) {
	contexts := valueOf(e.doc.Content[0], "contexts")
	if contexts == nil || contexts.Kind == yaml.ScalarNode {
		return nil, nil
	}
	if contexts.Kind != yaml.SequenceNode {
		return nil, e.byHand()
	}
	for _, n := range contexts.Content {
		if nameOf(n) != name {
			continue
		}
		if n.Kind != yaml.MappingNode {
			return nil, e.byHand()
		}
		return n, nil
	}
	return nil, nil
}

// byHand is the answer to YAML that refers to other places of itself where a
// change would have to go.
func (e *Editor) byHand() error {
	return fmt.Errorf("config: %s: its contexts are aliases: change them by hand", e.path)
}

// nameOf is the name of a context's tree.
func nameOf(n *yaml.Node) string {
	var c struct{ Name string }
	if n.Decode(&c) != nil {
		return ""
	}
	return c.Name
}

// add appends a context that has a name and nothing else.
func (e *Editor) add(name string) (*yaml.Node, error) {
	if name == "" {
		return nil, errors.New("a context must have a name")
	}
	root := e.doc.Content[0]
	contexts := valueOf(root, "contexts")
	if contexts == nil || contexts.Kind == yaml.ScalarNode {
		contexts = put(root, "contexts", &yaml.Node{Kind: yaml.SequenceNode})
	}
	if len(contexts.Content) == 0 {
		contexts.Style = 0 // not the [] that it was
	}
	context := &yaml.Node{Kind: yaml.MappingNode}
	put(context, "name", textNode(name))
	contexts.Content = append(contexts.Content, context)
	return context, nil
}

// apply makes the change in a context's tree.
func (c Change) apply(context *yaml.Node) error {
	at, key := context, c.Key
	if c.Entry != "" {
		at, key = valueOf(context, c.Key), c.Entry
		switch {
		case at == nil && c.Value == nil:
			return nil
		case at == nil, at.Tag == "!!null":
			at = put(context, c.Key, &yaml.Node{Kind: yaml.MappingNode})
		case at.Kind != yaml.MappingNode:
			return errors.New("is no map in the file: change it by hand")
		}
		key = spelled(at, key)
	}
	if c.Value == nil {
		remove(at, key)
		if at != context && len(at.Content) == 0 {
			remove(context, c.Key)
		}
		return nil
	}
	var value yaml.Node
	if err := value.Encode(c.Value); err != nil {
		return err
	}
	if value.Kind != yaml.ScalarNode {
		value.Style = yaml.FlowStyle
	}
	put(at, key, &value)
	return nil
}

// text is the file's text with the changes.
func (e *Editor) text() ([]byte, error) {
	before, dress := plainText(e.before)
	if len(bytes.TrimSpace(before)) == 0 || e.blank() {
		out, err := encode(&e.doc, layout{indent: 2})
		return dress(append(ended(before), out...)), err
	}
	var old yaml.Node
	if err := yaml.Unmarshal(before, &old); err != nil {
		return nil, err
	}
	style, same := layoutOf(before, &old)
	after, err := encode(&e.doc, style)
	if err != nil {
		return nil, err
	}
	want, err := parse(after)
	if err != nil {
		return nil, err
	}
	if !same {
		return dress(after), nil
	}
	was, err := encode(&old, style)
	if err != nil {
		return nil, err
	}
	spliced := splice(before, was, after)
	if got, err := parse(spliced); err != nil || !reflect.DeepEqual(got, want) {
		return dress(after), nil //nolint:nilerr // what package yaml writes is good, if less like it was
	}
	return dress(spliced), nil
}

// blank reports a file of comments only.
func (e *Editor) blank() bool {
	var n yaml.Node
	text, _ := plainText(e.before)
	return yaml.Unmarshal(text, &n) == nil && len(n.Content) == 0
}
