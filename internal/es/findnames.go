package es

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/logdoc"
)

// maxCombined is of how many words a key may be for all its spellings to be
// tried.
const maxCombined = 4

// words takes a key apart: order.id, order_id, orderId and orderid are order
// and id.
func words(key string) []string {
	var list []string
	for part := range strings.FieldsFuncSeq(key, func(r rune) bool { return strings.ContainsRune("._-/", r) }) {
		start := 0
		for i, r := range part {
			if i > start && unicode.IsUpper(r) {
				if before, _ := utf8.DecodeLastRuneInString(part[:i]); !unicode.IsUpper(before) {
					list = append(list, strings.ToLower(part[start:i]))
					start = i
				}
			}
		}
		list = append(list, strings.ToLower(part[start:]))
	}
	if n := len(list); n > 0 {
		if noun, ok := strings.CutSuffix(list[n-1], "id"); ok && len(noun) >= 3 {
			list = append(list[:n-1], noun, "id")
		}
	}
	return list
}

// fieldPatterns are the names under which a key may be stored. They begin with
// the only wildcard, as idPatterns do; it stands for the first letter too,
// which may be of either case, and for what the key is put under.
func fieldPatterns(key string) []string {
	parts := words(key)
	if len(parts) == 0 {
		return nil
	}
	list := []string{"*" + key}
	for _, s := range spellings(parts) {
		_, size := utf8.DecodeRuneInString(s)
		if size < len(parts[0]) {
			list = append(list, "*"+s[size:])
		} else {
			list = append(list, "*"+s, "*"+strings.ToUpper(s[:size])+s[size:])
		}
	}
	list = append(list, "*"+strings.ToUpper(strings.Join(parts, "_")))
	for i := 1; i < len(parts); i++ { // objects that may be mapped as flattened
		list = append(list, "*"+strings.Join(parts[:i], "."), "*"+strings.Join(parts[:i], "_"))
	}
	return union(nil, list)
}

// spellings joins words in the ways that loggers do, each joint in a way of its
// own unless there are too many.
func spellings(parts []string) []string {
	joined := strings.Join(parts, "")
	if len(parts) > maxCombined {
		camel := slices.Clone(parts)
		for i := range camel[1:] {
			camel[i+1] = title(camel[i+1])
		}
		return []string{strings.Join(parts, "."), strings.Join(parts, "_"), strings.Join(parts, "-"), strings.Join(camel, ""), joined}
	}
	list := slices.Clone(parts[:1])
	for _, word := range parts[1:] {
		var longer []string
		for _, s := range list {
			longer = append(longer, s+"."+word, s+"_"+word, s+"-"+word, s+title(word))
			if word == "id" {
				longer = append(longer, s+"ID")
			}
			if len(parts) == 2 {
				longer = append(longer, s+"-"+title(word), s+"_"+title(word), s+"."+title(word))
			}
		}
		list = longer
	}
	return append(list, joined)
}

func title(word string) string {
	_, size := utf8.DecodeRuneInString(word)
	return strings.ToUpper(word[:size]) + word[size:]
}

// maxNames keeps the names of one request short enough for a URL that holds
// indices too.
const maxNames = 1200

// capsOf asks which fields there are by these names, in as many requests as it
// takes.
func (c *Client) capsOf(ctx context.Context, patterns, names []string) (fieldCaps, error) {
	var caps fieldCaps
	for len(names) > 0 {
		size, n := 0, 0
		for n < len(names) && (n == 0 || size+len(url.QueryEscape(names[n])) < maxNames) {
			size += len(url.QueryEscape(names[n])) + 3
			n++
		}
		if err := c.fieldCaps(ctx, patterns, names[:n], false, &caps); err != nil {
			return caps, err
		}
		names = names[n:]
	}
	return caps, nil
}

// named is the fields of these that a key means, with how they are stored.
func named(caps fieldCaps, key string) []field {
	var list []field
	for _, name := range sortedKeys(caps.Fields) {
		if logdoc.SameField(name, key) {
			if f, ok := capped(caps, name); ok {
				list = append(list, f)
			}
		}
	}
	return list
}

// capped is a field as the server tells of it. It is false for what cannot be
// searched.
func capped(caps fieldCaps, name string) (field, bool) {
	f := field{name: name, nested: nestedRoot(name, nestedRoots(caps)), kinds: make(map[string][]string)}
	for kind, c := range caps.Fields[name] {
		if kind != "unmapped" && kind != "object" && kind != "nested" && !c.Metadata && (c.Searchable || len(c.Not) > 0) {
			f.kinds[kind] = c.Indices
		}
	}
	f.class = classOf(sortedKeys(f.kinds))
	return f, len(f.kinds) > 0
}

func nestedRoots(caps fieldCaps) map[string]bool {
	roots := make(map[string]bool)
	for name, types := range caps.Fields {
		if _, ok := types["nested"]; ok {
			roots[name] = true
		}
	}
	return roots
}

// flat is the fields that answer for all their keys at once.
func flat(caps fieldCaps) []string {
	return slices.DeleteFunc(sortedKeys(caps.Fields), func(name string) bool {
		kinds := sortedKeys(caps.Fields[name])
		return !all(kinds, "flattened", "flat_object", "unmapped")
	})
}
