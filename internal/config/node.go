package config

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

func textNode(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

// valueOf is the value under a key of a map, nil when there is none.
func valueOf(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// spelled is a key as the map spells it, where that differs in case only, as
// headers may.
func spelled(m *yaml.Node, key string) string {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if strings.EqualFold(m.Content[i].Value, key) {
			return m.Content[i].Value
		}
	}
	return key
}

// put sets the value under a key of a map, and returns it as it is in the tree.
// Comments beside the old value stay, and its style where that still fits.
func put(m *yaml.Node, key string, value *yaml.Node) *yaml.Node {
	old := valueOf(m, key)
	if old == nil {
		m.Content = append(m.Content, textNode(key), value)
		return value
	}
	if old.Kind == value.Kind && old.Tag != "!!null" {
		value.Style = old.Style &^ (yaml.LiteralStyle | yaml.FoldedStyle)
	}
	value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
	*old = *value
	return old
}

// remove deletes a key of a map with its value.
func remove(m *yaml.Node, key string) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.Content = slices.Delete(m.Content, i, i+2)
			return
		}
	}
}
