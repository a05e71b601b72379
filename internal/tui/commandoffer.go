package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// CommandOffers are what a command that is being typed may become.
type commandOffers struct {
	m     *model
	names *names
}

// ask asks for the names that the last word may become.
func (c *commandOffers) ask(typed string) tea.Cmd {
	switch name, word := lastWord(typed); {
	case name != "find":
	case strings.HasPrefix(word, "service:") || strings.HasPrefix(word, "svc:"):
		return c.names.askServices()
	case strings.HasPrefix(word, "op:") || strings.HasPrefix(word, "operation:"):
		return c.names.askOperations(serviceIn(typed))
	}
	return nil
}

// lastWord is the command, "" while that is typed, and the word that is.
func lastWord(typed string) (name, word string) {
	at := strings.LastIndexByte(typed, ' ') + 1
	if first, _, more := strings.Cut(strings.TrimLeft(typed, " "), " "); more {
		name = first
	}
	return name, typed[at:]
}

// serviceIn is the service that a search names.
func serviceIn(typed string) string {
	for w := range strings.FieldsSeq(typed) {
		if key, value, ok := strings.Cut(w, ":"); ok && (key == "service" || key == "svc") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// list offers commands, then what they take.
func (c *commandOffers) list(typed string) []offer {
	name, word := lastWord(typed)
	before := strings.TrimSuffix(typed, word)
	var list []offer
	switch name {
	case "":
		for _, known := range commands() {
			if strings.HasPrefix(known.names[0], word) && known.names[0] != word {
				list = append(list, offer{text: known.names[0], name: known.names[0], tells: known.takes})
			}
		}
		return list
	case "context", "ctx":
		var known []string
		for _, context := range c.m.opts.Contexts {
			known = append(known, context.Name)
		}
		return offers(before, "", fitting(known, word))
	case "find":
		return c.terms(before, word)
	}
	return nil
}

// terms offers the terms of a search, and the names that are known for them.
func (c *commandOffers) terms(before, word string) []offer {
	key, typed, ok := strings.Cut(word, ":")
	if !ok {
		return offers(before, "", fitting([]string{"service:", "op:", "since:", "until:", "dur:", "errors", "limit:"}, word))
	}
	switch key {
	case "service", "svc":
		return offers(before, key+":", fitting(c.names.services, typed))
	case "op", "operation":
		return offers(before, key+":", fitting(c.names.operations[serviceIn(before)], typed))
	}
	return nil
}

func offers(before, key string, names []string) []offer {
	list := make([]offer, 0, len(names))
	for _, name := range names {
		list = append(list, offer{text: before + key + quotedValue(name), name: name})
	}
	return slices.Clip(list)
}
